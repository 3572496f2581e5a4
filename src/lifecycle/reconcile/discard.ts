import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored, openWarm } from '../../archive/stored-segment.ts';
import { provenFooter, sealDigest } from '../../format/segment/prove.ts';
import { warmPath } from '../../format/segment-names.ts';
import { bySegment, heirOf } from '../../hot/heirs.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { isPartOf } from '../archived/lines-elsewhere.ts';

/**
 * Removes a warm file whose rows others answer for: the copy in a bundle, the successor, the tombstone, or the whole segment that an
 * unfinished rewrite was made from. The file is read and compared with what answers for it, which is proved whole, just before. False, and
 * nothing is removed, for a rewrite that holds more than what it was made from. Throws `integrity`, and removes nothing, when the two do not
 * agree or one of them is damaged.
 */
export async function discard(ledger: Ledger, archive: ArchiveStore, segment: string): Promise<boolean> {
  const receipt = await ledger.receipt(segment);
  const seal = await sealOfWarm(archive, segment);
  if (seal === null) return true;
  if (receipt?.state === 'purged' || receipt?.state === 'replaced') {
    if (seal.digest !== receipt.digest || seal.bytes !== receipt.bytes) throw differs(segment);
    await proveHeir(ledger, archive, receipt);
    // A run that died while it wrote the receipt may have left it visible and not durable: no bytes may go before it is.
    await ledger.confirm([receipt]);
  } else if (!(await isBundled(ledger, archive, segment, seal.digest, receipt))) {
    if (receipt !== null) throw differs(segment);
    if (!(await isUnfinishedRewrite(archive, segment))) return false;
  }
  await archive.remove(warmPath(segment));
  return true;
}

async function sealOfWarm(
  archive: ArchiveStore,
  segment: string,
): Promise<{ readonly digest: string; readonly bytes: number } | null> {
  await using warm = await openWarm(archive, segment);
  return warm && { digest: await sealDigest(warm.source, segment), bytes: warm.source.bytes };
}

/** Proves the segment that holds a replaced one's rows now. What was replaced by nothing, or purged since, has none. */
async function proveHeir(ledger: Ledger, archive: ArchiveStore, receipt: Receipt): Promise<void> {
  const heir = heirOf(bySegment(await ledger.receipts({ table: receipt.table })), receipt.segment);
  if (heir === null || heir.state === 'purged') return;
  await using stored = await openStored(archive, heir.segment, 'any');
  if (stored === null) throw differs(heir.segment);
  await archive.settle(stored.path);
  if ((await provenFooter(stored.source, heir.segment)).digest !== heir.digest) throw differs(heir.segment);
}

/** Whether the bundle holds the same bytes; the receipt learns of it before the file goes. */
async function isBundled(
  ledger: Ledger,
  archive: ArchiveStore,
  segment: string,
  digest: string,
  receipt: Receipt | null,
): Promise<boolean> {
  await using stored = await openStored(archive, segment, 'cold');
  if (stored === null) return false;
  await archive.settle(stored.path);
  if ((await provenFooter(stored.source, segment)).digest !== digest) throw differs(segment);
  if (receipt?.tier === 'warm') await ledger.move([{ from: receipt, to: { ...receipt, tier: 'cold' } }]);
  return true;
}

/** Whether a rewrite holds nothing but lines of the segment that it was made from, which is there and whole. */
async function isUnfinishedRewrite(archive: ArchiveStore, segment: string): Promise<boolean> {
  await using warm = (await openWarm(archive, segment))!;
  const footer = await provenFooter(warm.source, segment);
  if (footer.replaces === null) return false;
  await using original = await openStored(archive, footer.replaces, 'any');
  if (original === null) return false;
  await archive.settle(original.path);
  const whole = { source: original.source, footer: await provenFooter(original.source, footer.replaces) };
  return await isPartOf({ source: warm.source, footer }, whole);
}

function differs(segment: string): FirnError {
  return new FirnError('integrity', 'its content differs from the copy recorded elsewhere', {
    operation: 'delete a duplicate file',
    path: segment,
    hint: 'Nothing was deleted. Run firn verify --deep.',
  });
}
