/**
 * Where rows stand in the hot store, in the order of their lines, as the store that made them writes it down: `width` bytes for each row. Only that
 * store reads them; all others cut, join and send them. A width of 0: the store finds the rows by the key in their lines. A locator is
 * a hint: what the row holds is always compared before it is deleted.
 */
export interface Locators {
  readonly width: number;
  /** Begins at a multiple of `width` in its buffer. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const NO_LOCATORS: Locators = { width: 0, bytes: new Uint8Array(0) };

/** Those of `rows` rows from `first` on, in the same memory. */
export function cutLocators({ width, bytes }: Locators, first: number, rows: number): Locators {
  return { width, bytes: bytes.subarray(first * width, (first + rows) * width) };
}

/** One after the other, in a buffer of their own. All have one width, as rows of one table have. */
export function joinLocators(parts: readonly Locators[]): Locators {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    at += part.bytes.length;
  }
  return { width: parts[0]?.width ?? 0, bytes };
}
