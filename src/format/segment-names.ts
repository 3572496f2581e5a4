import { FirnError } from '../model/errors.ts';
import type { Day } from '../model/instant.ts';
import { COMPRESSIONS, type Compression } from '../model/policy/compression.ts';

export interface SegmentName {
  readonly table: string;
  readonly day: Day;
  /** 1 for the first segment of a table and day; it is not written into the name. */
  readonly part: number;
  readonly compression: Compression;
}

/** What a file name may hold on common file systems is 255 bytes; some are left for a temporary name's suffix. */
const LONGEST_FILE_NAME = 230;
const SEGMENT = /^(\d{4}-\d{2}-\d{2})\/([A-Za-z0-9_%-]+)(?:\.([1-9]\d{0,8}))?\.jsonl(\.gz|\.zst)?$/;
const BUNDLE = /^cold\/(\d{4})\/((\d{4})-(?:0[1-9]|1[0-2]))\.tar\.gz$/;
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;
const WARM = 'warm/';
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SUFFIXES: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst', none: '' };

/**
 * The name a segment keeps in every tier: `<day>/<table>[.<part>].jsonl[.gz|.zst]`. Bytes of the table's name (UTF-8) other
 * than `A-Z a-z 0-9 _ -` are written `%XX`. Throws `refused` for a table name that no file name can hold.
 */
export function segmentName(table: string, day: Day, part: number, compression: Compression): string {
  if (!isDay(day)) throw unnameable(table, `\`${day}\` is not a calendar day`);
  if (!Number.isInteger(part) || part < 1 || part > 999_999_999) {
    throw unnameable(table, `${part} is not a part number`);
  }
  if (table === '' || !table.isWellFormed())
    throw unnameable(table, 'the table name cannot be used as a file name');
  const file = `${encodeTable(table)}${part === 1 ? '' : `.${part}`}.jsonl${SUFFIXES[compression]}`;
  if (file.length > LONGEST_FILE_NAME) throw unnameable(table, 'the table name is too long for a file name');
  return `${day}/${file}`;
}

/** The inverse of `segmentName`; null for everything that it does not give. */
export function parseSegmentName(name: string): SegmentName | null {
  const match = SEGMENT.exec(name);
  if (match === null) return null;
  const [, day = '', encoded = '', part, suffix = ''] = match;
  const table = decodeTable(encoded);
  if (table === null || part === '1' || !isDay(day)) return null;
  const parsed: SegmentName = {
    table,
    day,
    part: part === undefined ? 1 : Number(part),
    compression: COMPRESSIONS.find((one) => SUFFIXES[one] === suffix)!,
  };
  return encodeTable(table) === encoded ? parsed : null;
}

/** Where a segment lies in the warm tier. */
export function warmPath(segment: string): string {
  return WARM + segment;
}

/** The segment's name (`<day>/<file>`) at a path of the warm tier; null when there is none. */
export function parseWarmPath(path: string): string | null {
  if (!path.startsWith(WARM)) return null;
  const segment = path.slice(WARM.length);
  return parseSegmentName(segment) === null ? null : segment;
}

/** Where the bundle of a month (`YYYY-MM`) lies: `cold/<YYYY>/<YYYY-MM>.tar.gz`. */
export function bundlePath(month: string): string {
  if (!isMonth(month)) throw unnameable(month, 'it is not a month');
  return `cold/${month.slice(0, 4)}/${month}.tar.gz`;
}

/** The month of a bundle's path; null for any other path. */
export function parseBundlePath(path: string): string | null {
  const [, folder, month, year] = BUNDLE.exec(path) ?? [];
  return month !== undefined && folder === year && isMonth(month) ? month : null;
}

/** True for a day of the calendar between the years 1 and 9999, as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])-\d{2}$/.test(text) || text.startsWith('0000')) return false;
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8)].map(Number) as [
    number,
    number,
    number,
  ];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && isLeap ? 29 : MONTH_DAYS[month - 1]!);
}

export function isMonth(text: string): boolean {
  return MONTH.test(text) && !text.startsWith('0000');
}

function encodeTable(table: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(table)) return table;
  let encoded = '';
  for (const byte of Buffer.from(table, 'utf8')) {
    const char = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9_-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function decodeTable(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

function unnameable(what: string, why: string): FirnError {
  return new FirnError('refused', why, { operation: 'name an archive file', path: what });
}
