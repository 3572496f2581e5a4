import { InvalidText, type SqlValue } from './line.ts';
import { type ColumnReader, columnReader } from './line-columns.ts';

/*
 * The print of a key: 64 bits that are the same for all keys that SQLite may hold for equal. Keys that differ have the same print once in
 * 2^64 pairs, if nobody makes it so; whoever finds equal prints must look at the keys themselves.
 *
 * Equal are: a REAL and an INTEGER of the same value; texts of the same bytes and, where collations are heeded, texts that differ in the
 * case of ASCII letters or in spaces at their end (NOCASE, RTRIM).
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE = 0x7d;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LINE_FEED = 0x0a;
const NEVER = -1;
/** An integer of no more digits is the same as a double. */
const EXACT_DIGITS = 15;
const TWO_63 = 2 ** 63;

/** Takes prints. */
export interface PrintSink {
  /** The halves of a print (32 bits each, signed), and where its line stands in the block, line feed included. */
  take(low: number, high: number, start: number, end: number): void;
}

/** Reads the prints of the key of some columns off the bytes of lines. A column that a line lacks counts as NULL. */
export class KeyPrinter {
  readonly #names: readonly Uint8Array[];
  readonly #read: ColumnReader;
  readonly #collated: boolean;
  #low = 0;
  #high = 0;

  /** `collated`: texts may be compared by another collation than BINARY. `path` is for messages. */
  constructor(columns: readonly string[], collated: boolean, path = 'line') {
    this.#names = columns.map((column) => Buffer.from(`${JSON.stringify(column)}:`));
    this.#read = columnReader(columns, path);
    this.#collated = collated;
  }

  /** Gives the prints of a block's lines, in order. Throws `integrity` for what is no line of a segment. */
  print(lines: Uint8Array, sink: PrintSink): void {
    const buffer = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
    for (let start = 0; start < buffer.length; ) {
      const feed = buffer.indexOf(LINE_FEED, start);
      const end = feed < 0 ? buffer.length : feed + 1;
      this.#low = this.#high = 0;
      if (!this.#scan(buffer, start, end)) this.#decode(buffer.subarray(start, end));
      sink.take(this.#low, this.#high, start, end);
      start = end;
    }
  }

  /** False when there is something in the key, or before it, that only a decoded value tells. */
  #scan(lines: Uint8Array, start: number, end: number): boolean {
    const names = this.#names;
    let missing = names.length;
    for (let at = start + 1; missing > 0; at++) {
      let column = -1;
      for (let i = 0; i < names.length && column < 0; i++) if (standsAt(lines, at, names[i]!)) column = i;
      if (column < 0) {
        at = stringEnd(lines, at, end);
        if (at < 0 || lines[at++] !== COLON) return false;
        at = lines[at] === QUOTE ? stringEnd(lines, at, end) : plainEnd(lines, at, end);
      } else {
        at += names[column]!.length;
        if (lines[at] === QUOTE) {
          at = this.#collated ? -1 : this.#add(column, QUOTE, lines, at + 1, end, QUOTE) + 1;
          if (at === 0) return false;
        } else {
          const value = at;
          at = plainEnd(lines, value, end);
          if (!isSmallInteger(lines, value, at)) return false;
          this.#add(column, DIGIT_0, lines, value, at, NEVER);
        }
        missing--;
      }
      if (at < 0) return false;
    }
    return true;
  }

  #decode(line: Uint8Array): void {
    this.#low = this.#high = 0;
    for (const [column, value] of this.#read(line).entries()) {
      const [kind, bytes] = canonical(value ?? null, this.#collated);
      this.#add(column, kind, bytes, 0, bytes.length, NEVER);
    }
  }

  /**
   * Adds what a value's bytes make of its column's place in the key; the order of the columns in the line does not matter. A `stop` other than
   * NEVER is the byte before which the value ends. Returns where it ends; -1, and nothing is added, when it does not, or has an escape.
   */
  #add(column: number, kind: number, bytes: Uint8Array, from: number, to: number, stop: number): number {
    const seed = (column << 8) | kind;
    let a = Math.imul(seed, 0x9e3779b1);
    let b = Math.imul(seed, 0x7feb352d);
    let at = from;
    for (; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === stop) break;
      if (byte === BACKSLASH && stop !== NEVER) return -1;
      a = Math.imul(a ^ byte, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b + byte, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    if (at === to && stop !== NEVER) return -1;
    this.#low = (this.#low + finished(a + b)) | 0;
    this.#high = (this.#high + finished(b ^ Math.imul(at - from, 0x27d4eb2f))) | 0;
    return at;
  }
}

function finished(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function standsAt(lines: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let at = 0; at < name.length; at++) if (lines[start + at] !== name[at]) return false;
  return true;
}

/** Behind the closing quote of the string that opens at `start`; -1 when there is none. */
function stringEnd(lines: Uint8Array, start: number, end: number): number {
  if (lines[start] !== QUOTE) return -1;
  for (let at = start + 1; at < end; at++) {
    const byte = lines[at]!;
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) return at + 1;
  }
  return -1;
}

/** Behind a value that is neither text nor an object; -1 when there is no such. */
function plainEnd(lines: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = lines[at]!;
    if (byte === COMMA || byte === CLOSE) return at;
    if (byte === QUOTE) return -1;
  }
  return -1;
}

/** Digits that `canonical` would leave as they are. */
function isSmallInteger(lines: Uint8Array, start: number, end: number): boolean {
  const first = lines[start] === MINUS ? start + 1 : start;
  if (end <= first || end - first > EXACT_DIGITS || (first > start && lines[first] === DIGIT_0)) return false;
  for (let at = first; at < end; at++) if (lines[at]! < DIGIT_0 || lines[at]! > DIGIT_9) return false;
  return true;
}

const NULL = 0x6e;
const INVALID_TEXT = 0x74;
const BLOB = 0x62;

/** A kind and bytes that are the same for equal values. */
function canonical(value: SqlValue, collated: boolean): readonly [kind: number, bytes: Uint8Array] {
  switch (typeof value) {
    case 'string':
      return [QUOTE, Buffer.from(collated ? folded(value) : value)];
    case 'bigint':
      return [DIGIT_0, Buffer.from(value.toString())];
    case 'number': {
      const isInteger = Number.isInteger(value) && value >= -TWO_63 && value < TWO_63;
      return [DIGIT_0, Buffer.from(isInteger ? BigInt(value).toString() : String(value))];
    }
    default:
      if (value === null) return [NULL, Buffer.alloc(0)];
      // The case of bytes that are no UTF-8 could be folded too, but not their spaces without looking at them: all count as equal.
      if (value instanceof InvalidText) return [INVALID_TEXT, collated ? Buffer.alloc(0) : value.bytes];
      return [BLOB, value];
  }
}

function folded(text: string): string {
  return text.replace(/ +$/, '').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
