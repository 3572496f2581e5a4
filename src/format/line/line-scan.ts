import { damaged } from '../damage.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Walks over the pairs of a line without decoding them, until `visit` returns false: name and value are the bytes
 * from their start to before their end, quotes included. For lines as Firn writes them (no white space); it ends
 * early at anything else, and throws `integrity` when the line ends within a pair.
 */
export function scanPairs(
  line: Uint8Array,
  path: string,
  visit: (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => boolean,
): void {
  for (let at = 1; line[at] === QUOTE; ) {
    const nameEnd = stringEnd(line, at, path);
    if (line[nameEnd] !== COLON) return;
    const end = valueEnd(line, nameEnd + 1, path);
    if (!visit(at, nameEnd, nameEnd + 1, end)) return;
    at = end + 1;
  }
}

/** Behind the closing quote of the string that opens at `start`. */
function stringEnd(line: Uint8Array, start: number, path: string): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === BACKSLASH) at++;
    else if (line[at] === QUOTE) return at + 1;
  }
  throw damaged(path, 'read a line', 'a line ends inside a string');
}

/** Behind the value that begins at `start`: at the comma or the closing brace. */
function valueEnd(line: Uint8Array, start: number, path: string): number {
  if (line[start] === QUOTE) return stringEnd(line, start, path);
  if (line[start] === OPEN) return valueEnd(line, stringEnd(line, start + 1, path) + 1, path) + 1;
  for (let at = start; at < line.length; at++) {
    if (line[at] === COMMA || line[at] === CLOSE) return at;
  }
  throw damaged(path, 'read a line', 'a line ends inside a value');
}
