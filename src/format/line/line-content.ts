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

const LINE_FEED = 0x0a;
const TIME_START = Buffer.from(`,${JSON.stringify(TIME)}:"`);
/** With the text of an instant, which has always the same length, and the quote behind it. */
const TIME_LENGTH = TIME_START.length + '2026-01-05T10:20:30.123456Z"'.length;

/** Lines as their table's rows render: without the times that the rows have from other rows. The same memory where there are none. */
export function withoutTime(lines: Buffer): Buffer {
  let kept: Buffer | null = null;
  let [from, to] = [0, 0];
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf(LINE_FEED, start) + 1 || lines.length;
    const at = timeAt(lines, start, end);
    if (at >= 0) {
      kept ??= Buffer.allocUnsafe(lines.length);
      to += lines.copy(kept, to, from, at);
      from = at + TIME_LENGTH;
    }
    start = end;
  }
  if (kept === null) return lines;
  return kept.subarray(0, to + lines.copy(kept, to, from));
}

/** Where the member with the time begins in a line; -1 where there is none. A column of that name stands before `_archived_at`. */
function timeAt(lines: Buffer, start: number, end: number): number {
  const closed = end - (lines[end - 1] === LINE_FEED ? 2 : 1);
  const last = closed - TIME_LENGTH;
  // No text holds these bytes, since its quotes are escaped: it is a member, and the last one, as no quote follows but its own.
  if (
    last >= start &&
    beginsTime(lines, last) &&
    lines.indexOf(0x22, last + TIME_START.length) === closed - 1
  )
    return last;
  const line = lines.subarray(start, end);
  const before = line.lastIndexOf(END);
  if (before < 0) return -1;
  const at = start + line.indexOf(0x22, before + END.length) + 1;
  return at + TIME_LENGTH <= end && beginsTime(lines, at) ? at : -1;
}

function beginsTime(lines: Buffer, at: number): boolean {
  for (let place = 0; place < TIME_START.length; place++)
    if (lines[at + place] !== TIME_START[place]) return false;
  return true;
}

/** The rowid in the line of a row without primary key; null when there is none. */
export function rowidOf(line: Buffer): bigint | null {
  const found = ROWID.exec(line.subarray(Math.max(0, line.length - 40)).toString('latin1'));
  return found === null ? null : BigInt(found[1]!);
}
