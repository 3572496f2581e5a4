import { isUtf8 } from 'node:buffer';
import { hashBytes, hashes, hashText } from './key-hash.ts';

/** The distinct keys of a block as Bloom filters know them: the two hashes of each, one key after the other. */
export type KeyHashes = Uint32Array;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Collects distinct keys without keeping them. Two keys whose 64 bits of hash are the same count as one, which no filter could tell apart. */
export class KeyHasher {
  #pairs = new Uint32Array(128);
  #count = 0;
  /** Numbers of pairs from 1, open addressing; 0 is free. Twice as many places as there is room for pairs. */
  #places = new Uint32Array(128);

  add(key: string): void {
    hashText(key);
    this.#insert(hashes[0]!, hashes[1]!);
  }

  /**
   * Adds the strings of a JSON array of strings and nulls, given as the UTF-8 that SQLite writes (no white space). Where
   * nothing in it is escaped, which is the rule for keys, no string is made.
   */
  addArray(json: Uint8Array): void {
    if (json.includes(BACKSLASH) || !isUtf8(json)) {
      const keys = JSON.parse(Buffer.from(json).toString()) as (string | null)[];
      for (const key of keys) if (key !== null) this.add(key);
      return;
    }
    let [before, beforeEnd] = [0, -1];
    for (let at = 1; at < json.length; at++) {
      if (json[at] !== QUOTE) {
        if (json[at] !== COMMA) at += 'null'.length - 1;
        continue;
      }
      const start = at + 1;
      const end = endOf(json, start);
      // Rows of one task or run stand together.
      if (!isSame(json, before, beforeEnd, start, end)) {
        hashBytes(json, start, end);
        this.#insert(hashes[0]!, hashes[1]!);
        [before, beforeEnd] = [start, end];
      }
      at = end;
    }
  }

  /** What was collected since the last call. */
  take(): KeyHashes {
    const taken = this.#pairs.slice(0, this.#count * 2);
    this.#count = 0;
    this.#places.fill(0);
    return taken;
  }

  #insert(a: number, b: number): void {
    const mask = this.#places.length - 1;
    let place = b & mask;
    for (;;) {
      const found = this.#places[place]!;
      if (found === 0) break;
      if (this.#pairs[found * 2 - 2] === a && this.#pairs[found * 2 - 1] === b) return;
      place = (place + 1) & mask;
    }
    this.#pairs[this.#count * 2] = a;
    this.#pairs[this.#count * 2 + 1] = b;
    this.#places[place] = ++this.#count;
    if (this.#count * 2 === this.#pairs.length) this.#grow();
  }

  #grow(): void {
    const pairs = this.#pairs.subarray(0, this.#count * 2);
    this.#pairs = new Uint32Array(pairs.length * 2);
    this.#places = new Uint32Array(pairs.length * 2);
    this.#count = 0;
    for (let at = 0; at < pairs.length; at += 2) this.#insert(pairs[at]!, pairs[at + 1]!);
  }
}

function endOf(json: Uint8Array, start: number): number {
  let end = start;
  while (json[end] !== QUOTE) end++;
  return end;
}

function isSame(bytes: Uint8Array, from: number, to: number, start: number, end: number): boolean {
  if (to - from !== end - start) return false;
  for (let at = 0; from + at < to; at++) if (bytes[from + at] !== bytes[start + at]) return false;
  return true;
}
