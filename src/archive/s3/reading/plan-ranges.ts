import { sizes } from '../../../model/sizes.ts';

/** Bytes of an object, from `offset` up to `end`. */
export interface ByteRange {
  readonly offset: number;
  readonly end: number;
}

/** The requests that read all these ranges: near ones together, large ones in pieces. */
export function planRanges(wanted: readonly ByteRange[]): readonly ByteRange[] {
  const planned: ByteRange[] = [];
  for (const range of wanted.toSorted((a, b) => a.offset - b.offset || a.end - b.end)) {
    const last = planned.at(-1);
    const isNear = last !== undefined && range.offset <= last.end + sizes.nearBytes;
    if (isNear && Math.max(last.end, range.end) - last.offset <= sizes.rangeBytes)
      planned[planned.length - 1] = { offset: last.offset, end: Math.max(last.end, range.end) };
    else planned.push(range);
  }
  return planned.flatMap(inPieces);
}

function inPieces({ offset, end }: ByteRange): ByteRange[] {
  const pieces: ByteRange[] = [];
  for (let at = offset; at < end; at += sizes.rangeBytes)
    pieces.push({ offset: at, end: Math.min(end, at + sizes.rangeBytes) });
  return pieces;
}

/** Whether every byte of the range is in the other one. */
export function covers(outer: ByteRange, { offset, end }: ByteRange): boolean {
  return outer.offset <= offset && end <= outer.end;
}
