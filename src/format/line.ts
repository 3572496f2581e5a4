import { damaged } from './damage.ts';

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
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The lines of a block, line feeds included, as views of its bytes. */
export function splitLines(block: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(block.buffer, block.byteOffset, block.length);
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
  const parsed = parseExactly(line, path);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw damaged(path, 'read a line', 'a line is no JSON object');
  }
  const row: Row = Object.create(null);
  for (const [column, value] of Object.entries(parsed)) row[column] = exactValue(value, path);
  return row;
}

/** One value of a line from its JSON text. */
export function decodeValue(text: Uint8Array, path = 'line'): SqlValue {
  return exactValue(parseExactly(text, path), path);
}

function parseExactly(json: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(utf8.decode(json), exactNumber as Parameters<typeof JSON.parse>[1]);
  } catch (cause) {
    throw damaged(path, 'read a line', 'a line is no JSON', cause);
  }
}

function exactNumber(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value;
  const source = context.source!;
  return INTEGER.test(source) ? BigInt(source) : value;
}

function exactValue(value: unknown, path: string): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint' && value >= INT64_MIN && value <= INT64_MAX) return value;
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    const [key, text] = entries[0] ?? [];
    const escaped = entries.length === 1 && typeof text === 'string' ? unescaped(key!, text) : undefined;
    if (escaped !== undefined) return escaped;
  }
  throw damaged(path, 'read a line', 'a value is none that a line can hold');
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
