import { hash } from 'node:crypto';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { splitLines } from '../../format/line/line.ts';
import { lineIdentity } from '../../format/line/line-identity.ts';
import { proveSegment } from '../../format/segment/prove.ts';
import type { ByteSource, Footer } from '../../format/segment/segment.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { dialectOf } from '../../model/database/dialect.ts';
import { isUnreadableFile } from '../../model/errors.ts';
import { PrintSet, printOf } from './print-set.ts';

/** A segment's bytes, by whatever name they lie. */
export interface Lines {
  readonly source: ByteSource;
  readonly footer: Footer;
}

/** The other live segments that may hold rows of a segment: those of its table and time, whatever their span, but itself. */
export function neighboursOf(
  receipts: readonly Receipt[],
  segment: Pick<Footer, 'table' | 'minTime' | 'maxTime' | 'digest' | 'dialect'>,
): Receipt[] {
  const { table, minTime, maxTime, digest } = segment;
  const dialect = dialectOf(segment);
  return receipts.filter(
    (receipt) =>
      (receipt.state === 'archived' || receipt.state === 'draining') &&
      dialect.sameName(receipt.table, table) &&
      receipt.minTime <= maxTime &&
      receipt.maxTime >= minTime &&
      receipt.digest !== digest,
  );
}

/**
 * The positions of lines whose row stands, with the same content, in other segments as well. Reads the others whole and proves them: what
 * cannot be read does not count. Memory is 8 bytes a line, and more only for lines that are found.
 */
export async function linesElsewhere(
  archive: ArchiveStore,
  { source, footer }: Lines,
  others: readonly Receipt[],
): Promise<ReadonlySet<number>> {
  if (others.length === 0) return new Set();
  const prints = new PrintSet(footer.rows);
  for await (const { digest } of digestsOf(source, footer.table)) {
    prints.take(...printOf(digest));
  }
  prints.sort();
  const met = new Set<string>();
  for (const receipt of others) {
    for (const digest of await suspectsIn(archive, receipt, prints)) met.add(digest);
  }
  if (met.size === 0) return new Set();
  const found = new Set<number>();
  for await (const { digest, position } of digestsOf(source, footer.table)) {
    if (met.has(digest.toString('latin1'))) found.add(position);
  }
  return found;
}

/** True when every line of a segment stands in another one as well. Throws `integrity` when one of them is damaged. */
export async function isPartOf(part: Lines, whole: Lines): Promise<boolean> {
  const left = new Map<string, number>();
  for await (const { digest } of digestsOf(part.source, part.footer.table)) {
    const key = digest.toString('latin1');
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  for await (const { digest } of digestsOf(whole.source, whole.footer.table)) {
    const key = digest.toString('latin1');
    const count = left.get(key);
    if (count === 1) left.delete(key);
    else if (count !== undefined) left.set(key, count - 1);
  }
  return left.size === 0;
}

async function suspectsIn(
  archive: ArchiveStore,
  { segment, digest: seal, table }: Receipt,
  prints: PrintSet,
): Promise<Set<string>> {
  const met = new Set<string>();
  try {
    await using stored = await openStored(archive, segment, 'any');
    if (stored === null) return met;
    await archive.settle(stored.path);
    for await (const { digest } of digestsOf(stored.source, table, seal)) {
      if (prints.has(...printOf(digest))) met.add(digest.toString('latin1'));
    }
    return met;
  } catch (error) {
    if (!isUnreadableFile(error)) throw error;
    return new Set();
  }
}

/** The digests of all lines, in order. Throws `integrity` for damage, when it comes to it. With another seal than wanted there are none. */
async function* digestsOf(
  source: ByteSource,
  path: string,
  seal: string | null = null,
): AsyncGenerator<{ readonly digest: Buffer; readonly position: number }, void, void> {
  let position = 0;
  let isWanted = true;
  const onFooter = (footer: Footer): void => {
    isWanted = seal === null || footer.digest === seal;
  };
  for await (const { lines } of proveSegment(source, path, { onFooter })) {
    if (!isWanted) return;
    for (const line of splitLines(lines)) {
      yield { digest: hash('sha256', lineIdentity(line), 'buffer'), position: position++ };
    }
  }
}
