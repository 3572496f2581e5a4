import { type Dialect, dialectOf } from '../../model/database/dialect.ts';
import { type Condition, foldText, type Value } from '../../model/filter.ts';
import type { Instant } from '../../model/instant.ts';
import { ARCHIVED_AT } from '../../model/shape.ts';
import { timeReader } from '../../model/time/parse-instant.ts';
import type { TimeFormat } from '../../model/time/time-format.ts';
import { decodeLine, InvalidText, type Row, type SqlValue } from '../line/line.ts';
import { valueText } from '../line/line-encode.ts';
import type { Footer } from '../segment/segment.ts';
import { bestNeedle, conditionNeedle, containsNeedle, type Needle } from './needle.ts';
import { type RowFilter, resolveFilter } from './row-filter.ts';

/** Decides on lines of one segment. */
export interface LineMatcher {
  /** The filter with the columns as the segment calls them. */
  readonly filter: RowFilter;
  /** Bytes that every matching line holds; null when there are none that are sure. */
  readonly needle: Needle | null;
  /** The time of a line that matches; null for one that does not. Throws `integrity` for what is no line. */
  match(line: Uint8Array): Instant | null;
}

/** Null when no line of the segment can match, because it lacks a column that a condition asks for: that reads as NULL. */
export function lineMatcher(
  filter: RowFilter,
  footer: Pick<Footer, 'table' | 'timeColumn' | 'timeFormat' | 'columns' | 'dialect'>,
): LineMatcher | null {
  const dialect = dialectOf(footer);
  const resolved = resolveFilter(filter, columnsOf(footer), dialect);
  if (resolved === null) return null;
  const { where, among, text, since, until } = resolved;
  const matchesRow = rowMatcher(resolved, dialect);
  const instantOf = lineClock(footer.timeFormat);
  const needle = bestNeedle([...where.map(conditionNeedle), text === null ? null : containsNeedle(text)]);
  function match(line: Uint8Array): Instant | null {
    const row = parseQuickly(line) ?? decodeLine(line, footer.table);
    if (!matchesRow(row)) return null;
    if (among !== null && !isAmong(row[among.column] ?? null, among.values)) return null;
    const time = instantOf(row[footer.timeColumn] ?? null);
    if (time === null || (since !== null && time < since) || (until !== null && time > until)) return null;
    return time;
  }
  return { filter: resolved, needle, match };
}

function columnsOf(footer: Pick<Footer, 'columns'>): string[] {
  return footer.columns.map(({ name }) => name);
}

/** A quickly parsed integer is a number here: its text is the same. */
function isAmong(value: SqlValue, values: ReadonlySet<string>): boolean {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : valueText(value);
  return text !== null && values.has(text);
}

/** True when a decoded row satisfies the filter's conditions and text. Its time is not looked at. */
export function rowMatches(filter: Pick<RowFilter, 'where' | 'text'>, row: Row, dialect: Dialect): boolean {
  const resolved = resolveFilter({ ...filter, among: null }, Object.keys(row), dialect);
  return resolved !== null && rowMatcher(resolved, dialect)(row);
}

/** The same for many rows, of a filter that has the columns as the rows call them. */
export function rowMatcher(
  { where, text }: Pick<RowFilter, 'where' | 'text'>,
  dialect: Dialect,
): (row: Row) => boolean {
  const wanted = text === null ? null : foldText(text);
  return (row) =>
    where.every((condition) => holds(dialect, condition, row[condition.column] ?? null)) &&
    (wanted === null ||
      Object.entries(row).some(([name, value]) => name !== ARCHIVED_AT && has(value, wanted)));
}

/** The instant that a decoded value of a segment means; null when it means none. */
export function lineClock(format: TimeFormat | undefined): (value: SqlValue) => Instant | null {
  const read = timeReader(format);
  return (value) => (value instanceof InvalidText ? null : read(value));
}

/**
 * The row by the plain JSON parser, several times faster than the exact one; null where that would not be exact. Integers
 * come back as numbers, which compares the same.
 */
function parseQuickly(line: Uint8Array): Row | null {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8'));
  } catch {
    return null;
  }
  for (const name in parsed) {
    const value = parsed[name];
    if (typeof value === 'number' ? Number.isInteger(value) && !Number.isSafeInteger(value) : isObject(value))
      return null;
  }
  return parsed as Row;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function holds(dialect: Dialect, condition: Condition, value: SqlValue): boolean {
  if (value instanceof InvalidText) return invalidHolds(condition, value);
  return dialect.matches(condition, value as Value);
}

/** The same for text that is not UTF-8: it is compared by its bytes. */
function invalidHolds({ op, value }: Condition, { bytes }: InvalidText): boolean {
  if (op === '~') return has(new InvalidText(bytes), foldText(value));
  const order = Buffer.compare(bytes, Buffer.from(value));
  if (op === '=') return order === 0;
  if (op === '!=') return order !== 0;
  return (
    (op.startsWith('<') && order < 0) || (op.startsWith('>') && order > 0) || (op.length === 2 && order === 0)
  );
}

function has(value: SqlValue, folded: string): boolean {
  if (typeof value === 'string') return foldText(value).includes(folded);
  if (!(value instanceof InvalidText)) return false;
  // One character a byte, on both sides.
  return foldText(Buffer.from(value.bytes).toString('latin1')).includes(
    Buffer.from(folded).toString('latin1'),
  );
}
