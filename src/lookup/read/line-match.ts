import { decodeLine, InvalidText, type Row, type SqlValue } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { type Condition, foldText, matches, type Value } from '../../model/filter.ts';
import { type Instant, parseInstant } from '../../model/instant.ts';
import { foldName } from '../../model/names.ts';
import { ARCHIVED_AT, ROWID } from '../../model/shape.ts';
import { bestNeedle, conditionNeedle, containsNeedle, type Needle } from './needle.ts';
import type { RowFilter } from './query.ts';

/** Decides on lines of one segment. */
export interface LineMatcher {
  /** Bytes that every matching line holds; null when there are none that are sure. */
  readonly needle: Needle | null;
  /** The time of a line that matches; null for one that does not. Throws `integrity` for what is no line. */
  match(line: Uint8Array): Instant | null;
}

/** The filter's columns as a table calls them; a column that it lacks is null. */
export function resolveColumns(
  filter: Pick<RowFilter, 'where'>,
  columns: readonly string[],
): readonly (string | null)[] {
  return filter.where.map(({ column }) => resolveColumn(column, columns));
}

export function resolveColumn(column: string, columns: readonly string[]): string | null {
  const wanted = foldName(column);
  return [...columns, ARCHIVED_AT, ROWID].find((name) => foldName(name) === wanted) ?? null;
}

/** Null when no line of the segment can match, because it lacks a column that a condition asks for: that reads as NULL. */
export function lineMatcher(
  filter: RowFilter,
  footer: Pick<Footer, 'table' | 'timeColumn' | 'columns'>,
): LineMatcher | null {
  const names = resolveColumns(filter, columnsOf(footer));
  const { among } = filter;
  const amongst = among === null ? null : resolveColumn(among.column, columnsOf(footer));
  if (names.includes(null) || (among !== null && amongst === null)) return null;
  const conditions = filter.where.map((condition, at) => ({ ...condition, column: names[at]! }));
  const { text, since, until } = filter;
  const wanted = text === null ? null : foldText(text);
  const needle = bestNeedle([
    ...conditions.map(conditionNeedle),
    text === null ? null : containsNeedle(text),
  ]);
  function match(line: Uint8Array): Instant | null {
    const row = parseQuickly(line) ?? decodeLine(line, footer.table);
    if (!conditions.every((condition) => holds(condition, row[condition.column] ?? null))) return null;
    if (amongst !== null && !isAmong(row[amongst] ?? null, among!.values)) return null;
    if (
      wanted !== null &&
      !Object.entries(row).some(([name, value]) => name !== ARCHIVED_AT && has(value, wanted))
    )
      return null;
    const time = instantOf(row[footer.timeColumn] ?? null);
    if (time === null || (since !== null && time < since) || (until !== null && time > until)) return null;
    return time;
  }
  return { needle, match };
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
export function rowMatches(filter: Pick<RowFilter, 'where' | 'text'>, row: Row): boolean {
  const columns = Object.keys(row);
  const wanted = filter.text === null ? null : foldText(filter.text);
  return (
    filter.where.every((condition) => {
      const column = resolveColumn(condition.column, columns);
      return column !== null && holds(condition, row[column] ?? null);
    }) &&
    (wanted === null ||
      Object.entries(row).some(([name, value]) => name !== ARCHIVED_AT && has(value, wanted)))
  );
}

/** The instant that a decoded value means; null when it means none. */
export function instantOf(value: SqlValue): Instant | null {
  return value instanceof InvalidText ? null : parseInstant(value);
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

function holds(condition: Condition, value: SqlValue): boolean {
  if (value instanceof InvalidText) return invalidHolds(condition, value);
  return matches(condition, value as Value);
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
