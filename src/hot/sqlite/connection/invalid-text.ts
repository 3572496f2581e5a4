import type { SQLInputValue } from 'node:sqlite';
import { InvalidText, type SqlValue } from '../../../format/line/line.ts';
import type { Connection } from './connection.ts';
import type { TextEncoding } from './value-functions.ts';

/** A value as a parameter, and what stands for it in a statement; null when this database cannot hold it. */
export function parameterFor(
  connection: Connection,
  value: SqlValue,
): { readonly mark: string; readonly param: SQLInputValue } | null {
  if (typeof value === 'string' && connection.encoding !== 'UTF-8' && /[\ufffe\uffff]/.test(value)) {
    // SQLite would make U+FFFD of these when it turns UTF-8 into UTF-16.
    return { mark: CAST, param: codeUnits(Buffer.from(value), connection.encoding)! };
  }
  if (!(value instanceof InvalidText)) return { mark: '?', param: value };
  const bytes = invalidTextBytes(connection, value);
  return bytes === null ? null : { mark: CAST, param: bytes };
}

const CAST = 'CAST(? AS TEXT)';

/**
 * The bytes that `CAST(? AS TEXT)` makes such a text of in this database. In UTF-16 they are those of its code units: see `firn_text`. Null when the
 * database cannot hold the text: its bytes are no UTF-8 in any sense, and the database is in UTF-16.
 */
function invalidTextBytes({ encoding }: Connection, { bytes }: InvalidText): Uint8Array | null {
  return encoding === 'UTF-8' ? bytes : codeUnits(bytes, encoding);
}

/** UTF-8 in which lone surrogates are written like any other code point, as UTF-16. */
function codeUnits(bytes: Uint8Array, encoding: TextEncoding): Uint8Array | null {
  const units: number[] = [];
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let from = 0;
  const takeUpTo = (end: number): boolean => {
    try {
      const text = strict.decode(bytes.subarray(from, end));
      for (let at = 0; at < text.length; at++) units.push(text.charCodeAt(at));
      return true;
    } catch {
      return false;
    }
  };
  for (let at = 0; at + 2 < bytes.length; at++) {
    const [first, second, third] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
    if (first !== 0xed || (second & 0xe0) !== 0xa0 || (third & 0xc0) !== 0x80) continue;
    if (!takeUpTo(at)) return null;
    units.push(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    from = at + 3;
    at += 2;
  }
  if (!takeUpTo(bytes.length)) return null;
  const found = Buffer.alloc(units.length * 2);
  for (const [at, unit] of units.entries()) {
    if (encoding === 'UTF-16be') found.writeUInt16BE(unit, at * 2);
    else found.writeUInt16LE(unit, at * 2);
  }
  return found;
}
