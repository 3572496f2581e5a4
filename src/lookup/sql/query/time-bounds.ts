import type { Footer } from '../../../format/segment/segment.ts';
import type { Dialect } from '../../../model/database/dialect.ts';
import type { Condition } from '../../../model/filter.ts';
import { asInstant, DAY_MICROS, endOfDay, type Instant, startOfDay } from '../../../model/instant.ts';
import { parseInstant } from '../../../model/time/parse-instant.ts';
import { fromUnit, unitNamed } from '../../../model/time/time-units.ts';

/** What every row of an answer satisfies: a column compared with a constant, as DuckDB compares texts (by their bytes) or numbers. */
export interface Bound {
  readonly column: string;
  readonly op: '<' | '<=' | '>' | '>=';
  readonly value: string | number;
}

/** The rows that bounds leave have times within; null where nothing is known. Both ends are included. */
interface Range {
  readonly since: Instant | null;
  readonly until: Instant | null;
}

type Times = Pick<
  Footer,
  'minTime' | 'maxTime' | 'timeColumn' | 'timeFormat' | 'timeOf' | 'columns' | 'format'
>;

/**
 * From 2001-09-09 to 2033-05-18, times in digits begin with 1 (or with zeros): as texts they come before every date of this century.
 */
const DIGITS_BEGIN_WITH_ONE = [1_000_000_000_000_000, 2_000_000_000_000_000] as const;

/** Whether the bounds leave no row of a segment. False wherever that is not certain from the form of its times. */
export function isOutside(times: Times, bounds: readonly Bound[], dialect: Dialect): boolean {
  const { minTime, maxTime, timeColumn, timeFormat, timeOf, columns } = times;
  // Its rows have the times of other rows.
  if (timeOf !== undefined) return false;
  const own = bounds.filter(({ column }) => dialect.sameName(column, timeColumn));
  const type = columns.find(({ name }) => dialect.sameName(name, timeColumn))?.type ?? '';
  const { since, until } = isText(type)
    ? timeFormat === undefined && minTime >= DIGITS_BEGIN_WITH_ONE[0] && maxTime < DIGITS_BEGIN_WITH_ONE[1]
      ? rangeOfTexts(own)
      : { since: null, until: null }
    : /int/i.test(type)
      ? rangeOfNumbers(own, timeFormat)
      : { since: null, until: null };
  return (since !== null && maxTime < since) || (until !== null && minTime > until);
}

/**
 * The bounds as conditions on rows of the database; none where they could leave out a row that DuckDB takes: what is no text in such a
 * column, DuckDB gets as a text that begins with `\x`, behind all dates.
 */
export function boundConditions(
  bounds: readonly Bound[],
  isTextual: (column: string) => boolean,
): Condition[] {
  const texts = bounds.filter(
    ({ column, value }) => typeof value === 'string' && /^[0-9]/.test(value) && isTextual(column),
  );
  const isClosed = ({ column }: Bound): boolean =>
    texts.some((other) => other.column === column && other.op.startsWith('<'));
  return texts.filter(isClosed).map(({ column, op, value }) => ({ column, op, value: String(value) }));
}

export function isText(type: string): boolean {
  return /char|clob|text/i.test(type) && !/int/i.test(type);
}

/** Of ISO texts, whatever their zone, and texts of digits. */
function rangeOfTexts(bounds: readonly Bound[]): Range {
  const texts = bounds.flatMap(({ op, value }) => (typeof value === 'string' ? [{ op, value }] : []));
  const lower = texts.filter(({ op }) => op.startsWith('>')).map(({ value }) => value);
  const upper = texts.filter(({ op }) => op.startsWith('<'));
  const from = lower.flatMap((value) => firstDay(value) ?? []).map((day) => startOfDay(day) - DAY_MICROS);
  // Texts of digits are before every date: only a lower bound leaves them out.
  const leavesDigitsOut = lower.some((value) => value >= '2');
  const to = leavesDigitsOut ? upper.flatMap(({ op, value }) => lastInstant(op, value) ?? []) : [];
  return {
    since: from.length === 0 ? null : asInstant(Math.max(...from)),
    until: to.length === 0 ? null : asInstant(Math.min(...to) + DAY_MICROS),
  };
}

const PERIOD = /^(20[0-2]\d)(?:-(\d\d)(?:-(\d\d))?)?/;

/** No ISO text at or behind `text` has an earlier day; null when `text` is no beginning of a date before 2030. */
function firstDay(text: string): string | null {
  const [, year, month = '01', date = '01'] = PERIOD.exec(text) ?? [];
  const day = `${year}-${month}-${date}`;
  return year === undefined || parseInstant(day) === null ? null : day;
}

/** The last instant of the days that ISO texts before `text` have; null as above. */
function lastInstant(op: Bound['op'], text: string): Instant | null {
  const [period = ''] = PERIOD.exec(text) ?? [];
  const first = firstDay(text);
  if (first === null) return null;
  // An ISO text has ten characters or more: none is equal to a year or a month.
  if (text === period && (op === '<' || period.length < 10)) return asInstant(startOfDay(first) - 1);
  if (period.length === 10) return endOfDay(first);
  const [year, month] = period.split('-').map(Number) as [number, number?];
  const next = month === undefined || month === 12 ? [year + 1, 1] : [year, month + 1];
  return asInstant(startOfDay(`${next[0]}-${String(next[1]).padStart(2, '0')}-01`) - 1);
}

/** Of integers in a unit that the policy names. Each bound is a second wider, since a fraction may have been cut off. */
function rangeOfNumbers(bounds: readonly Bound[], timeFormat: string | undefined): Range {
  const unit = timeFormat === undefined ? null : unitNamed(timeFormat);
  let [since, until]: [Instant | null, Instant | null] = [null, null];
  for (const { op, value } of bounds) {
    if (unit === null || typeof value !== 'number' || !Number.isFinite(value)) continue;
    const instant = fromUnit(unit, BigInt(Math.floor(value)));
    if (instant === null) continue;
    if (op.startsWith('>')) since = asInstant(Math.max(since ?? instant - 1e6, instant - 1e6));
    else until = asInstant(Math.min(until ?? instant + 2e6, instant + 2e6));
  }
  return { since, until };
}
