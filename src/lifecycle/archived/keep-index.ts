import { createHash } from 'node:crypto';
import type { ArchiveStore, StoredFile } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { BundleShelf } from '../../archive/bundle-shelf.ts';
import { hasIndex, readIndex, writeIndex } from '../../archive/index/lookup-index-file.ts';
import { bundleOf } from '../../archive/stored-segment.ts';
import {
  encodeIndex,
  type IndexedFile,
  type IndexedSegment,
  indexedSegment,
  type LookupIndex,
} from '../../format/match/lookup-index.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { warmPath } from '../../format/segment-names.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import { FirnError, inWords } from '../../model/errors.ts';
import { sizes } from '../../model/sizes.ts';
import type { Stop } from '../../model/stop.ts';

/**
 * Brings the index of lookup keys into step with the receipts, at the end of a run that changes things: the filters of segments that are new come in,
 * those of segments that are gone go. Archives on a server have none (`archive/s3/cache` has theirs), and neither have small ones. What cannot be
 * read is left out, and opened by whoever searches. Returns why it could not be written, as a warning of the run.
 */
export async function keepIndex(
  { ledger, archive }: { readonly ledger: Ledger; readonly archive: ArchiveStore },
  stop: Stop,
): Promise<readonly string[]> {
  if (archive.capabilities.isRemote) return [];
  try {
    const receipts = (await ledger.receipts()).filter(isLive);
    const before = await ledger.index();
    const isWorthIt = receipts.length >= sizes.indexedSegments || before !== null;
    if (!isWorthIt || stop() !== null) return [];
    const digest = digestOf(receipts);
    if ((await awayTiers(archive)).size > 0) return [];
    if (before?.receipts === digest && (await hasIndex(archive))) return [];
    const known = before === null ? null : await readIndex(archive, before.digest);
    const content = encodeIndex(await indexed(archive, receipts, known ?? new Map()));
    // Killed in between, the ledger names another one: this one is not believed, and written again.
    await ledger.recordIndex({ digest: await writeIndex(archive, content), receipts: digest });
    return [];
  } catch (error) {
    // Also while another process has the lock of the database: the index is derived, and fails no run.
    if (!(error instanceof FirnError) || error.code === 'database') throw error;
    return [`the index of lookup keys was not written: ${inWords(error)}. Searches open the files instead.`];
  }
}

function isLive({ state }: Receipt): boolean {
  return state === 'archived' || state === 'draining';
}

/** Of which segments the index is, and where they are. */
function digestOf(receipts: readonly Receipt[]): string {
  const digest = createHash('sha256');
  for (const { segment, digest: seal, tier } of receipts) digest.update(`${segment} ${seal} ${tier}\n`);
  return digest.digest('hex');
}

/** The newest first, up to the most bytes that an index has. */
async function indexed(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
  known: LookupIndex,
): Promise<readonly IndexedSegment[]> {
  const files = new Map<string, StoredFile>();
  for (const folder of ['warm', 'cold'])
    for (const file of await archive.list(folder)) files.set(file.path, file);
  const newest = receipts.toSorted((a, b) => (a.segment < b.segment ? 1 : -1));
  const segments: IndexedSegment[] = [];
  let bytes = 0;
  await using shelf = new BundleShelf(archive);
  for (const receipt of newest) {
    const file = files.get(receipt.tier === 'warm' ? warmPath(receipt.segment) : bundleOf(receipt.segment));
    if (file === undefined) continue;
    const { path, modifiedMs = null } = file;
    const seen: IndexedFile = { path, bytes: file.bytes, modifiedMs };
    const before = known.get(receipt.segment);
    const one =
      before?.digest === receipt.digest && isSame(before.file, seen)
        ? before
        : await look(shelf, receipt, seen);
    if (one === null) continue;
    bytes += sizeOf(one);
    if (bytes > sizes.indexedBytes) break;
    segments.push(one);
  }
  return segments;
}

function isSame(a: IndexedFile, b: IndexedFile): boolean {
  return a.path === b.path && a.bytes === b.bytes && a.modifiedMs === b.modifiedMs;
}

function sizeOf({ shape, filters }: IndexedSegment): number {
  return shape.lookupKeys.flatMap(filters).reduce((sum, { length }) => sum + length, 0);
}

/** Null for a segment that cannot be read, is not the one of its receipt, or has too many keys. */
async function look(
  shelf: BundleShelf,
  { segment, tier, digest }: Receipt,
  file: IndexedFile,
): Promise<IndexedSegment | null> {
  try {
    await using stored = await shelf.open(segment, tier);
    if (stored === null) return null;
    const { footer, filters } = await openSegment(stored.source, segment).then(async (reader) => {
      const own = new Map<string, readonly Uint8Array[]>();
      for (const key of reader.footer.lookupKeys) own.set(key, (await reader.filters(key)) ?? []);
      return { footer: reader.footer, filters: own };
    });
    if (footer.digest !== digest) return null;
    return indexedSegment(segment, footer, file, filters, sizes.indexedFilterBytes);
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    return null;
  }
}
