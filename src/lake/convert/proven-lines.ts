import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { splitLines } from '../../format/line/line.ts';
import { type LineMatcher, lineMatcher } from '../../format/match/line-match.ts';
import { proveSegment } from '../../format/segment/prove.ts';
import { release } from '../../format/segment/release.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { readSegmentFooter } from '../../format/segment/segment-reader.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { dialectOf } from '../../model/database/dialect.ts';
import type { ErasureOrder } from '../../model/erasure.ts';
import { FirnError } from '../../model/errors.ts';

/** A segment to be converted, as the ledger has it. */
export type ToConvert = Pick<Receipt, 'segment' | 'tier' | 'digest'>;

const OPERATION = 'copy a segment to the lake';

export async function footerOf(archive: ArchiveStore, segment: ToConvert): Promise<Footer> {
  await using stored = await openStored(archive, segment.segment, 'any');
  if (stored === null) throw missing(segment);
  const { footer } = await readSegmentFooter(stored.source, segment.segment);
  return footer;
}

/**
 * Gives each block of lines of a segment, and returns when all of its bytes were compared with the seal that the ledger remembers. What a block was
 * used for counts only then. A block must not be kept.
 * @param orders rows that were to be erased are in no lake file.
 * @throws FirnError `integrity` for a segment that is missing or damaged, `refused` for one with lines that were to be erased.
 */
export async function eachProvenBlock(
  archive: ArchiveStore,
  segment: ToConvert,
  orders: readonly ErasureOrder[],
  take: (block: Buffer) => Promise<void>,
): Promise<void> {
  await using stored = await openStored(archive, segment.segment, 'any');
  if (stored === null) throw missing(segment);
  let erased: readonly LineMatcher[] = [];
  const onFooter = (footer: Footer): void => {
    if (footer.digest !== segment.digest) throw unlike(segment);
    erased = matchersOf(orders, footer);
  };
  for await (const { lines } of proveSegment(stored.source, segment.segment, { onFooter })) {
    const block = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
    if (erased.length > 0) requireNoneErased(block, erased, segment);
    await take(block);
    release(lines);
  }
}

/** As for whoever reads archived rows: an order concerns lines that were archived before it. */
function matchersOf(orders: readonly ErasureOrder[], footer: Footer): LineMatcher[] {
  return orders
    .filter(
      ({ table, erasedAt }) =>
        dialectOf(footer).sameName(table, footer.table) &&
        Date.parse(footer.archivedAt) <= Date.parse(erasedAt),
    )
    .flatMap(({ where, since, until, among = null }) => {
      return lineMatcher({ where, since, until, among, text: null }, footer) ?? [];
    });
}

function requireNoneErased(block: Buffer, erased: readonly LineMatcher[], { segment }: ToConvert): void {
  if (splitLines(block).every((line) => erased.every((order) => order.match(line) === null))) return;
  throw new FirnError('refused', 'it has rows that were ordered to be erased', {
    ...{ operation: OPERATION, path: segment },
    hint: 'Run the same firn erase again.',
  });
}

function missing({ segment }: ToConvert): FirnError {
  return new FirnError('integrity', 'it is neither in warm nor in its bundle', {
    ...{ operation: OPERATION, path: segment },
    hint: 'See: firn verify',
  });
}

function unlike({ segment }: ToConvert): FirnError {
  return new FirnError('integrity', 'it does not match its ledger entry', {
    ...{ operation: OPERATION, path: segment },
    hint: 'See: firn verify',
  });
}
