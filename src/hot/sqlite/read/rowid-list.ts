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
