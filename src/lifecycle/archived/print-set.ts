import type { PrintSink } from '../../format/line/key-print.ts';

/** The two halves of a print. */
export type Print = readonly [low: number, high: number];

/** The print of a digest: its first 8 bytes. */
export function printOf(digest: Buffer): Print {
  return [digest.readInt32LE(0), digest.readInt32LE(4)];
}

/** Prints of keys (see `KeyPrinter`), 8 bytes each. To be sorted before it is asked for anything. */
export class PrintSet implements PrintSink {
  size = 0;
  #prints: BigUint64Array<ArrayBuffer>;
  #halves: Int32Array<ArrayBuffer>;

  /** `expected`: how many prints there will be; there may be more. */
  constructor(expected = 16) {
    this.#prints = new BigUint64Array(Math.max(1, expected));
    this.#halves = new Int32Array(this.#prints.buffer);
  }

  take(low: number, high: number): void {
    if (this.size === this.#prints.length) this.#grow();
    const at = 2 * this.size++;
    this.#halves[at] = low;
    this.#halves[at + 1] = high;
  }

  sort(): void {
    this.#prints.subarray(0, this.size).sort();
  }

  /** Gives another set the prints that this one has more than once, once each. */
  repeatInto(target: PrintSet): void {
    const halves = this.#halves;
    let isKnown = false;
    for (let at = 2; at < 2 * this.size; at += 2) {
      const isRepeated = halves[at - 2] === halves[at] && halves[at - 1] === halves[at + 1];
      if (isRepeated && !isKnown) target.take(halves[at]!, halves[at + 1]!);
      isKnown = isRepeated;
    }
  }

  has(low: number, high: number): boolean {
    // Prints lie evenly: it is near its share of the way, or else anywhere.
    const near = Math.floor(((high >>> 0) / 2 ** 32) * this.size);
    const slack = 4 * Math.ceil(Math.sqrt(this.size));
    let [from, to] = [Math.max(0, near - slack), Math.min(this.size, near + slack)];
    if (from > 0 && this.#order(from, low, high) > 0) from = 0;
    if (to < this.size && this.#order(to, low, high) <= 0) to = this.size;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = this.#order(middle, low, high);
      if (order === 0) return true;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  /** Below 0 when the print at a place is less than this one, above when it is more. */
  #order(at: number, low: number, high: number): number {
    const halves = this.#halves;
    return (halves[2 * at + 1]! >>> 0) - (high >>> 0) || (halves[2 * at]! >>> 0) - (low >>> 0);
  }

  #grow(): void {
    const prints = new BigUint64Array(this.#prints.length * 2);
    prints.set(this.#prints);
    this.#prints = prints;
    this.#halves = new Int32Array(prints.buffer);
  }
}
