import { decodeValue, type SqlValue } from './line.ts';
import { scanPairs } from './line-scan.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
    scanPairs(line, path, (nameStart, nameEnd, valueStart, valueEnd) => {
      for (let i = 0; i < names.length; i++) {
        if (!isAt(line, nameStart, nameEnd, names[i]!)) continue;
        values[i] = valueBetween(line, valueStart, valueEnd, path);
        missing--;
      }
      return missing > 0;
    });
    return values;
  };
}

/** Gives lines with only these of their columns, byte for byte, with a line feed. */
export function lineWith(columns: readonly string[], path: string): (line: Uint8Array) => Buffer {
  const names = columns.map((column) => Buffer.from(JSON.stringify(column)));
  return (line) => {
    const pairs: Uint8Array[] = [];
    scanPairs(line, path, (nameStart, nameEnd, _, valueEnd) => {
      if (names.some((name) => isAt(line, nameStart, nameEnd, name)))
        pairs.push(COMMA, line.subarray(nameStart, valueEnd));
      return true;
    });
    return Buffer.concat([OPEN, ...pairs.slice(1), CLOSE]);
  };
}

const [OPEN, COMMA, CLOSE] = ['{', ',', '}\n'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

function isAt(line: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) if (line[start + i] !== name[i]) return false;
  return true;
}

function valueBetween(line: Uint8Array, start: number, end: number, path: string): SqlValue {
  if (line[start] === QUOTE && !line.subarray(start, end).includes(BACKSLASH)) {
    return Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8', start + 1, end - 1);
  }
  return decodeValue(line.subarray(start, end), path);
}
