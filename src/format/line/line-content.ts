import { hash } from 'node:crypto';
import { ARCHIVED_AT } from '../../model/shape.ts';

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

/** The rowid in the line of a row without primary key; null when there is none. */
export function rowidOf(line: Buffer): bigint | null {
  const found = ROWID.exec(line.subarray(Math.max(0, line.length - 40)).toString('latin1'));
  return found === null ? null : BigInt(found[1]!);
}
