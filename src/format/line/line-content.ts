import { hash } from 'node:crypto';
import { ARCHIVED_AT, TIME } from '../../model/shape.ts';

const END = `,${JSON.stringify(ARCHIVED_AT)}:"`;
const ROWID = /,"_rowid":(-?\d+)\}\n?$/;

/** What the row of a line holds, as bytes: the line without its end, which says when it was archived and which rowid the row had. */
export function contentOf(line: Buffer): Buffer {
  const end = line.lastIndexOf(END);
  return end < 0 ? line : line.subarray(0, end);
}

/** SHA-256 of what the row of a line holds. */
export function contentPrint(line: Buffer): Buffer {
  return hash('sha256', contentOf(line), 'buffer');
}

const TIME_START = Buffer.from(`,${JSON.stringify(TIME)}:"`);
/** With the text of an instant, which has always the same length, and the quote behind it. */
const TIME_LENGTH = TIME_START.length + '2026-01-05T10:20:30.123456Z"'.length;

/** A line as its table's row renders: without the time that the row has from another row. The same line when there is none. */
export function withoutTime(line: Buffer): Buffer {
  const pieces = piecesWithoutTime(line);
  return pieces.length === 1 ? line : Buffer.concat(pieces);
}

/** The pieces of such a line, in order. */
export function piecesWithoutTime(line: Buffer): readonly Buffer[] {
  const at = timeAt(line);
  return at < 0 ? [line] : [line.subarray(0, at), line.subarray(at + TIME_LENGTH)];
}

/** Where the member with the time begins; -1 where there is none. A column of that name stands before `_archived_at`. */
function timeAt(line: Buffer): number {
  const end = line.lastIndexOf(END);
  if (end < 0) return -1;
  const at = line.indexOf(0x22, end + END.length) + 1;
  return TIME_START.equals(line.subarray(at, at + TIME_START.length)) ? at : -1;
}

/** The rowid in the line of a row without primary key; null when there is none. */
export function rowidOf(line: Buffer): bigint | null {
  const found = ROWID.exec(line.subarray(Math.max(0, line.length - 40)).toString('latin1'));
  return found === null ? null : BigInt(found[1]!);
}
