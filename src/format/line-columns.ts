import { damaged } from './damage.ts';
import { decodeValue, type SqlValue } from './line.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Gives the values of some columns of a line, in the order asked for; undefined for a column that the line lacks. */
export type ColumnReader = (line: Uint8Array) => (SqlValue | undefined)[];

/**
 * Reads some columns of lines without decoding the others: made for primary keys, which stand first. It looks no further
 * than the last wanted column. `path` is for messages.
 */
export function columnReader(columns: readonly string[], path = 'line'): ColumnReader {
  const names = columns.map((column) => Buffer.from(JSON.stringify(column)));
  return (line) => {
    const values = new Array<SqlValue | undefined>(names.length).fill(undefined);
    let missing = names.length;
    for (let at = 1; missing > 0 && line[at] === QUOTE; ) {
      const nameEnd = stringEnd(line, at, path);
      const end = valueEnd(line, nameEnd + 1, path);
      for (let i = 0; i < names.length; i++) {
        if (!isAt(line, at, nameEnd, names[i]!)) continue;
        values[i] = valueBetween(line, nameEnd + 1, end, path);
        missing--;
      }
      at = end + 1;
    }
    return values;
  };
}

function isAt(line: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (line[start + i] !== name[i]) return false;
  return true;
}

/** Behind the closing quote of the string that opens at `start`. */
function stringEnd(line: Uint8Array, start: number, path: string): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === BACKSLASH) at++;
    else if (line[at] === QUOTE) return at + 1;
  }
  throw damaged(path, 'read a line', 'a line ends within a string');
}

/** Behind the value that begins at `start`: at the comma or the closing brace. */
function valueEnd(line: Uint8Array, start: number, path: string): number {
  if (line[start] === QUOTE) return stringEnd(line, start, path);
  if (line[start] === OPEN) return valueEnd(line, stringEnd(line, start + 1, path) + 1, path) + 1;
  for (let at = start; at < line.length; at++) {
    if (line[at] === COMMA || line[at] === CLOSE) return at;
  }
  throw damaged(path, 'read a line', 'a line ends within a value');
}

function valueBetween(line: Uint8Array, start: number, end: number, path: string): SqlValue {
  if (line[start] === QUOTE && !line.subarray(start, end).includes(BACKSLASH)) {
    return Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8', start + 1, end - 1);
  }
  return decodeValue(line.subarray(start, end), path);
}
