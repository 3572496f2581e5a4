import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { contentPrint } from '../../../format/line/line-content.ts';

export type TextEncoding = 'UTF-8' | 'UTF-16le' | 'UTF-16be';

/**
 * SQL functions for what SQLite's JSON cannot say: `firn_blob(blob)` is `{"$blob":…}`; `firn_text(bytes)` is `{"$text":…}`, and
 * NULL when the bytes are valid text after all; `firn_print(line)` is the `contentPrint` of a line, `firn_line_print(line)` the SHA-256
 * of the line with its line feed. Bytes are those of `CAST(value AS BLOB)`, in the
 * database's encoding.
 */
export function defineValueFunctions(db: DatabaseSync, encoding: TextEncoding): void {
  const pure = { deterministic: true, directOnly: true };
  db.function('firn_blob', pure, (blob) => tagged('$blob', blob as Uint8Array));
  db.function('firn_print', pure, (line) => contentPrint(Buffer.from(line as string)));
  db.function('firn_line_print', pure, (line) => hash('sha256', `${line}\n`, 'buffer'));
  db.function('firn_text', pure, (bytes) => {
    const invalid =
      encoding === 'UTF-8' ? invalidUtf8(bytes as Uint8Array) : invalidUtf16(bytes as Uint8Array, encoding);
    return invalid === null ? null : tagged('$text', invalid);
  });
}

function tagged(tag: string, bytes: Uint8Array): string {
  return `{"${tag}":"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"}`;
}

function invalidUtf8(bytes: Uint8Array): Uint8Array | null {
  return isUtf8(bytes) ? null : bytes;
}

/**
 * Null for UTF-16 that SQLite makes UTF-8 and back of; else the text as UTF-8 in which a lone surrogate is written like any other code point. U+FFFE and
 * U+FFFF are valid, but SQLite makes U+FFFD of them on the way back.
 */
function invalidUtf16(bytes: Uint8Array, encoding: TextEncoding): Uint8Array | null {
  const units = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (encoding === 'UTF-16be' ? units.swap16() : units).toString('utf16le');
  if (text.isWellFormed() && !/[\ufffe\uffff]/.test(text)) return null;
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const lone = code >= 0xd800 && code <= 0xdfff;
    parts.push(
      lone ? Buffer.from([0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]) : Buffer.from(character),
    );
  }
  return Buffer.concat(parts);
}
