import { isUtf8 } from 'node:buffer';
import { damaged } from '../damage.ts';
import { scanPairs } from './line-scan.ts';

/** Bytes of a TEXT value that are not UTF-8. */
export class InvalidText {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A value as SQLite holds it: NULL, INTEGER (bigint), REAL (number), TEXT (string, or `InvalidText`), BLOB (bytes). */
export type SqlValue = null | bigint | number | string | Uint8Array | InvalidText;

/** A line's values by column name. It has no prototype, so that every column name is safe. */
export type Row = Record<string, SqlValue>;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const LINE_FEED = 0x0a;
const INTEGER = /^-?\d+$/;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** The lines of a block, line feeds included, as views of its bytes. */
export function splitLines(block: Uint8Array): Uint8Array[] {
  const buffer = asBuffer(block);
  const lines: Uint8Array[] = [];
  for (let start = 0; start < buffer.length; ) {
    const feed = buffer.indexOf(LINE_FEED, start);
    const end = feed < 0 ? buffer.length : feed + 1;
    lines.push(buffer.subarray(start, end));
    start = end;
  }
  return lines;
}

/** One line (with or without its line feed) as exact values. Throws `integrity` for what is no line of a segment. */
export function decodeLine(line: Uint8Array, path = 'line'): Row {
  const row: Row = Object.create(null);
  // The whole line at once is far faster than with a reviver; then only the numbers' own text is looked at again.
  const parsed = parse(line, path);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw damaged(path, 'read a line', 'a line is not a JSON object');
  }
  let numbers = 0;
  for (const [column, value] of Object.entries(parsed)) {
    if (typeof value === 'number') numbers++;
    row[column] = exactValue(value, path);
  }
  if (numbers > 0) takeNumbers(line, row, numbers, path);
  return row;
}

/** One value of a line from its JSON text. */
export function decodeValue(text: Uint8Array, path = 'line'): SqlValue {
  const value = parse(text, path);
  return typeof value === 'number'
    ? exactNumber(asBuffer(text).toString('latin1'), path)
    : exactValue(value, path);
}

function takeNumbers(line: Uint8Array, row: Row, count: number, path: string): void {
  const buffer = asBuffer(line);
  let missing = count;
  scanPairs(line, path, (nameStart, nameEnd, valueStart, valueEnd) => {
    const first = line[valueStart]!;
    if (first !== MINUS && (first < DIGIT_0 || first > DIGIT_9)) return true;
    const name: string = JSON.parse(buffer.toString('utf8', nameStart, nameEnd));
    row[name] = exactNumber(buffer.toString('latin1', valueStart, valueEnd), path);
    return --missing > 0;
  });
  if (missing > 0) throw damaged(path, 'read a line', 'a line is not in the format that Firn writes');
}

function exactNumber(source: string, path: string): SqlValue {
  if (!INTEGER.test(source)) return Number(source);
  const integer = BigInt(source);
  if (integer >= INT64_MIN && integer <= INT64_MAX) return integer;
  throw damaged(path, 'read a line', `${source} is not a 64-bit integer`);
}

function parse(json: Uint8Array, path: string): unknown {
  try {
    if (isUtf8(json)) return JSON.parse(asBuffer(json).toString('utf8'));
  } catch (cause) {
    throw damaged(path, 'read a line', 'a line is not valid JSON', cause);
  }
  throw damaged(path, 'read a line', 'a line is not UTF-8');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function exactValue(value: unknown, path: string): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    const [key, text] = entries[0] ?? [];
    const escaped = entries.length === 1 && typeof text === 'string' ? unescaped(key!, text) : undefined;
    if (escaped !== undefined) return escaped;
  }
  throw damaged(path, 'read a line', 'a value cannot be stored in a line');
}

/** What JSON cannot say is an object with one key. */
function unescaped(key: string, text: string): SqlValue | undefined {
  if (key === '$real') {
    if (text === 'Infinity' || text === '-Infinity') return Number(text);
    return text === '-0.0' ? -0 : undefined;
  }
  if (key !== '$blob' && key !== '$text') return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return undefined;
  return key === '$blob' ? bytes : new InvalidText(bytes);
}
