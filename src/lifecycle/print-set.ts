import type { PrintSink } from '../format/key-print.ts';

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
    const halves = this.#halves;
    const [wantedLow, wantedHigh] = [low >>> 0, high >>> 0];
    let [from, to] = [0, this.size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const order = (halves[2 * middle + 1]! >>> 0) - wantedHigh || (halves[2 * middle]! >>> 0) - wantedLow;
      if (order === 0) return true;
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return false;
  }

  #grow(): void {
    const prints = new BigUint64Array(this.#prints.length * 2);
    prints.set(this.#prints);
    this.#prints = prints;
    this.#halves = new Int32Array(prints.buffer);
  }
}
