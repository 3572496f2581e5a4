import { startOfDay } from '../../model/instant.ts';
import { afterSpan, firstDay } from '../../model/policy/span.ts';
import { ROWID, TIME } from '../../model/shape.ts';
import { damaged } from '../damage.ts';
import { describingFormat } from '../format-3.ts';
import { DATA_FRAME } from '../framing/gzip-member.ts';
import { canHold } from '../framing/zstd-frame.ts';
import { filterBytes, footerStart } from './layout.ts';
import type { BlockEntry, FilterEntry, Footer } from './segment.ts';
import type { Tail } from './tail.ts';

/** The longest block that is inflated: SQLite's longest value (10^9 bytes) in base64 fits. */
const LONGEST_BLOCK = 2 ** 31 - 1;
/** Deflate cannot shrink text further than this. */
const BEST_RATIO = 1032;
/** Whether bytes of a file can become the text that they are said to become. */
const fits: Record<Footer['compression'], (block: BlockEntry) => boolean> = {
  gzip: ({ bytes, rawBytes }) => bytes > DATA_FRAME && rawBytes <= (bytes - DATA_FRAME) * BEST_RATIO,
  zstd: ({ bytes, rawBytes }) => canHold(bytes, rawBytes),
  none: ({ bytes, rawBytes }) => bytes === rawBytes,
};

/** Throws `integrity` unless footer, filters and tail agree with each other in every place and sum. */
export function checkFooter(footer: Footer, filters: readonly FilterEntry[], tail: Tail, path: string): void {
  const why = disagreement(footer, filters, tail);
  if (why !== null) throw damaged(path, 'open the segment', `its footer is inconsistent: ${why}`);
}

function disagreement(footer: Footer, filters: readonly FilterEntry[], tail: Tail): string | null {
  if (footer.format !== tail.format || (footer.format === 3) !== (describingFormat(footer) === 3))
    return 'format';
  if (footer.compression !== tail.framing) return 'compression';
  return columns(footer) ?? times(footer) ?? blocks(footer) ?? places(footer, filters, tail);
}

function columns(footer: Footer): string | null {
  const names = new Set(footer.columns.map((column) => column.name));
  if (names.size !== footer.columns.length) return 'a column is listed twice';
  const key = footer.columns
    .filter((column) => column.key > 0)
    .sort((a, b) => a.key - b.key)
    .map((column) => column.name);
  if (key.length !== footer.primaryKey.length || key.some((name, i) => name !== footer.primaryKey[i])) {
    return 'the primary key';
  }
  names.add(ROWID);
  if (footer.lookupKeys.some((name) => !names.has(name))) return 'a filter for an unknown column';
  return new Set(footer.lookupKeys).size === footer.lookupKeys.length ? null : 'a filter is listed twice';
}

function times(footer: Footer): string | null {
  const { day, span, timeOf, timeColumn } = footer;
  if (timeOf !== undefined && timeColumn !== TIME) return 'its time column';
  if (firstDay(day, span) !== day) return `its day is not the first of its ${span}`;
  const within = footer.blocks.every((block) => block.minTime <= block.maxTime);
  const min = footer.blocks.reduce((least, block) => Math.min(least, block.minTime), Infinity);
  const max = footer.blocks.reduce((most, block) => Math.max(most, block.maxTime), -Infinity);
  if (!within || min !== footer.minTime || max !== footer.maxTime) return 'times';
  // The end of the span is let in: in far years the last microseconds of a day round up to it.
  const isOutside = min < startOfDay(day) || max > afterSpan(footer);
  return isOutside ? `timestamps outside its ${span}` : null;
}

function blocks(footer: Footer): string | null {
  let [offset, rows, rawBytes] = [0, 0, 0];
  for (const block of footer.blocks) {
    if (block.offset !== offset) return 'the offset of a block';
    if (block.rawBytes > LONGEST_BLOCK || block.rawBytes < block.rows) return 'the size of a block';
    if (!fits[footer.compression](block)) return 'the size of a block';
    offset += block.bytes;
    rows += block.rows;
    rawBytes += block.rawBytes;
  }
  return rows === footer.rows && rawBytes === footer.rawBytes ? null : 'the sum of its blocks';
}

function places(footer: Footer, filters: readonly FilterEntry[], tail: Tail): string | null {
  const last = footer.blocks.at(-1)!;
  const expected = footerStart(footer.compression, last.offset + last.bytes, filters);
  if (expected.footerOffset !== tail.footerOffset) return 'the position of the footer';
  for (const [i, filter] of filters.entries()) {
    const size = filter.lengths.reduce((sum, length) => sum + length, 0);
    if (filter.lengths.length !== footer.blocks.length) return 'a filter without its block';
    if (filter.bytes !== filterBytes(footer.compression, size, footer.format)) return 'the size of a filter';
    if (filter.offset !== expected.filterOffsets[i]) return 'the position of a filter';
  }
  return null;
}
