import type { Locators } from '../../locators.ts';

const COMMA = 0x2c;
/** So many digits are a number without rounding. */
const EXACT_DIGITS = 15;

/** Reads rowids that are joined by commas into `ids`, from place `at` on; no string is made of each. Returns the place behind the last. */
export function readRowids(list: Uint8Array, ids: BigInt64Array, at: number): number {
  let place = at;
  for (let start = 0; start < list.length; ) {
    let end = start;
    let value = 0;
    while (end < list.length && list[end] !== COMMA) value = value * 10 + (list[end++]! - 0x30);
    const isPlain = end - start <= EXACT_DIGITS && list[start] !== 0x2d;
    ids[place++] = BigInt(isPlain ? value : Buffer.from(list.subarray(start, end)).toString('latin1'));
    start = end + 1;
  }
  return place;
}

/** The locators of rows in a table with rowids: eight bytes each, as the machine keeps them. */
export function locatorsOfRowids(rowids: BigInt64Array<ArrayBuffer>): Locators {
  const { BYTES_PER_ELEMENT: width, buffer, byteOffset, byteLength } = rowids;
  return { width, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** The same memory, as rowids; null where the rows are found by their key. */
export function rowidsIn({ width, bytes }: Locators): BigInt64Array<ArrayBuffer> | null {
  return width === 0 ? null : new BigInt64Array(bytes.buffer, bytes.byteOffset, bytes.length / width);
}
