import { InvalidText, type SqlValue } from './line.ts';

/** The same type and the same value: 1 is not 1.0, and 0.0 is not -0.0. */
export function sameValue(a: SqlValue, b: SqlValue): boolean {
  if (a instanceof InvalidText) return b instanceof InvalidText && Buffer.compare(a.bytes, b.bytes) === 0;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  return Object.is(a, b);
}
