import { ARCHIVED_AT } from '../../model/shape.ts';

const MARK = Buffer.from(`,"${ARCHIVED_AT}":"`);
const QUOTE = 0x22;

/**
 * What of a line is its row's: everything but the time of archiving. Two lines of one row that was archived twice, unchanged, have the same;
 * so have two rows without a key only if they had the same rowid.
 */
export function lineIdentity(line: Uint8Array): Uint8Array {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  // The last one: a column of the application may have the name too, and comes before.
  const at = bytes.lastIndexOf(MARK);
  if (at < 0) return bytes;
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(bytes.indexOf(QUOTE, at + MARK.length) + 1)]);
}
