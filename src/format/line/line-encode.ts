import { FirnError } from '../../model/errors.ts';
import { InvalidText, type Row, type SqlValue } from './line.ts';

/**
 * One line, line feed included, of these columns in this order: byte for byte what SQLite's `json_object` writes, and
 * the escapes of the format for what JSON cannot say. (A REAL of
 * more than twelve digits, or far from 1, may differ in its last digits; it is the same double.)
 */
export function encodeLine(columns: readonly string[], row: Row): Uint8Array {
  const pairs = columns.map((column) => `${JSON.stringify(column)}:${encodeValue(row[column] ?? null)}`);
  return Buffer.from(`{${pairs.join(',')}}\n`, 'utf8');
}

/** The JSON text of one value. Throws `refused` for a number that is none (SQLite holds NULL in its place). */
export function encodeValue(value: SqlValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.toWellFormed());
    case 'bigint':
      return value.toString();
    case 'number':
      return encodeReal(value);
    default:
      if (value === null) return 'null';
      if (value instanceof InvalidText) return `{"$text":"${base64(value.bytes)}"}`;
      return `{"$blob":"${base64(value)}"}`;
  }
}

/** `CAST(value AS TEXT)` as a reader of SQLite gets it; null for NULL. It is what goes into Bloom filters. */
export function valueText(value: SqlValue): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return value.toString();
    case 'number':
      if (value === 0) return '0.0';
      return Number.isFinite(value) ? realText(value) : value < 0 ? '-Inf' : 'Inf';
    default:
      if (value === null) return null;
      return Buffer.from(value instanceof InvalidText ? value.bytes : value).toString('utf8');
  }
}

function encodeReal(value: number): string {
  if (Number.isNaN(value)) {
    throw new FirnError('refused', 'NaN is not a database value', { operation: 'write a line' });
  }
  if (Number.isFinite(value)) return Object.is(value, -0) ? '{"$real":"-0.0"}' : realText(value);
  return `{"$real":"${value}"}`;
}

/** A finite REAL in the form of SQLite: always with a point, exponents below -4 and from 17 on. */
function realText(value: number): string {
  if (value === 0) return '0.0';
  const [significant, exponent] = significantDigits(Math.abs(value));
  const digits = significant.replace(/0+$/, '').padEnd(1, '0');
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 17) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}.${digits.slice(1) || '0'}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/**
 * Digits (the point stands behind the first) and decimal exponent. SQLite takes 17 digits of 18, and fewer when
 * the end of them is a run of nines or zeros and the shorter number is the same double.
 */
function significantDigits(value: number): readonly [string, number] {
  const [mantissa = '', power] = value.toExponential(17).split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  const shorter = digits.slice(13, 16);
  if (shorter.endsWith('99')) {
    const nines = digits.slice(0, 14).replace(/9+$/, '');
    const candidate = roundedUp(nines, exponent);
    if (isSame(candidate, value)) return candidate;
  } else if (shorter === '000' && isSame([digits.slice(0, 13), exponent], value)) {
    return [digits.slice(0, 13), exponent];
  }
  const rounded: readonly [string, number] =
    digits[17]! >= '5' ? roundedUp(digits.slice(0, 17), exponent) : [digits.slice(0, 17), exponent];
  return isSame(rounded, value) ? rounded : [digits, exponent];
}

function roundedUp(digits: string, exponent: number): readonly [string, number] {
  if (digits === '') return ['1', exponent + 1];
  const up = String(BigInt(digits) + 1n);
  return [up, up.length > digits.length ? exponent + 1 : exponent];
}

function isSame([digits, exponent]: readonly [string, number], value: number): boolean {
  return Number(`${digits[0]}.${digits.slice(1)}e${exponent}`) === value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
