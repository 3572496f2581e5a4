import { conditionBytes, conditionNumber } from '../../model/filter.ts';

/** Integers below it are written without an exponent, as INTEGER and as REAL. */
const PLAIN_LIMIT = 100_000_000_000_000n;

/**
 * Every text under which Bloom filters (`CAST(value AS TEXT)`) may have a value that equals a condition's; null when they cannot be
 * listed. See `Condition`: TEXT equals the text itself, INTEGER and REAL its number, a BLOB its bytes.
 */
export function keyTexts(value: string): readonly string[] | null {
  const number = conditionNumber(value);
  const bytes = conditionBytes(value);
  const texts = new Set([value, ...(bytes === null ? [] : blobTexts(bytes))]);
  if (number === null) return [...texts];
  const integer = typeof number === 'bigint' ? number : Number.isInteger(number) ? BigInt(number) : null;
  if (integer === null || integer >= PLAIN_LIMIT || integer <= -PLAIN_LIMIT) return null;
  texts.add(String(integer)).add(`${integer}.0`);
  if (integer === 0n) texts.add('-0.0');
  return [...texts];
}

/** A BLOB cast to text: its bytes are taken for the encoding of the database, which a segment does not tell. */
function blobTexts(bytes: Uint8Array): string[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return [view.toString('utf8'), utf16Text(view, 'readUInt16LE'), utf16Text(view, 'readUInt16BE')];
}

/**
 * As SQLite takes the two halves of a surrogate pair together without looking whether they are such halves, and drops an odd byte.
 */
function utf16Text(bytes: Buffer, read: 'readUInt16LE' | 'readUInt16BE'): string {
  const end = bytes.length & ~1;
  let text = '';
  for (let at = 0; at < end; at += 2) {
    const unit = bytes[read](at);
    if (unit < 0xd800 || unit >= 0xe000) text += unit >= 0xfffe ? '\ufffd' : String.fromCharCode(unit);
    else if (at + 2 < end) {
      at += 2;
      const second = bytes[read](at);
      text += String.fromCodePoint(
        (second & 0x3ff) + ((unit & 0x3f) << 10) + (((unit & 0x3c0) + 0x40) << 10),
      );
    } else text += '\ufffd';
  }
  return text;
}
