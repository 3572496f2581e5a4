import {
  asInstant,
  DAY_MICROS,
  type Day,
  dayOf,
  endOfDay,
  type Instant,
  startOfDay,
} from '../../../model/instant.ts';
import { plausibleNumbers } from '../../../model/time/plausible.ts';
import { AUTO, type TimeFormat } from '../../../model/time/time-format.ts';
import { orderedBy } from '../../../model/time/time-pattern.ts';
import { isUnitName, JULIAN, unitNamed } from '../../../model/time/time-units.ts';
import type { DueRule } from '../../hot-store.ts';
import { type CountRange, firstAfter, julianAt, lastUpTo } from '../time/age-counters.ts';

/** A half-open range of stored values as SQL literals; null is no bound. */
export interface ValueRange {
  readonly from: string | null;
  readonly to: string | null;
}

/** A half-open range of stored values as SQL literals. */
export type Window = readonly [from: string, to: string];

/** What tells which values of an age column are past, and which are hot. */
export interface AgeBounds {
  readonly cutoff: Instant;
  readonly now: Instant;
  /** The column can hold numbers. */
  readonly numeric: boolean;
  readonly format: TimeFormat;
}

/** The bounds of a rule. */
export function ageBounds(
  { cutoff, now, policy }: Pick<DueRule, 'cutoff' | 'now' | 'policy'>,
  numeric: boolean,
): AgeBounds {
  return { cutoff, now, numeric, format: policy.timeFormat ?? AUTO };
}

/*
 * In a column of INTEGER, REAL or NUMERIC affinity SQLite turns a text bound that reads as a number into one, and '1700' or '2026.' would then
 * compare with the numbers. So every text bound here has a sign in it that no number has.
 */

/** Earlier times may stand for none. */
const FIRST_DAY = '1971-01-01';

/**
 * Which values of an age column must be looked at to find every row due at `cutoff`: everything but values that are certainly
 * instants between cutoff and now. NULLs are in no range.
 */
export function rangesToExamine(bounds: AgeBounds): ValueRange[] {
  return rangesOutside(hotWindows(bounds));
}

/** What lies between windows that are in the order of the index. */
export function rangesOutside(windows: readonly Window[]): ValueRange[] {
  const bounds = [null, ...windows.flat(), null];
  const ranges: ValueRange[] = [];
  for (let at = 0; at < bounds.length; at += 2) ranges.push({ from: bounds[at]!, to: bounds[at + 1]! });
  return ranges;
}

/**
 * Values that are certainly instants between `cutoff` and `now`, in the order of the index.
 *
 * Each window of texts lies within one month or year with its hyphen (`2026-01-`), so that digits meant as time since the epoch are
 * in none; and it begins two days behind the cutoff, because a zone moves a date by less than a day.
 */
export function hotWindows({ cutoff, now, numeric, format }: AgeBounds): Window[] {
  return [
    ...(numeric ? countersOf(format, now).flatMap((counter) => numbersBetween(counter, cutoff, now)) : []),
    ...texts(dayOf(asInstant(cutoff + 2 * DAY_MICROS)), dayOf(asInstant(now + DAY_MICROS)), signOf(format)),
  ];
}

/** Values that are certainly at or before `cutoff`, or no instants at all, in the order of the index. */
export function pastWindows({ cutoff, now, numeric, format }: AgeBounds): Window[] {
  return [
    ...(numeric ? countersOf(format, now).flatMap((counter) => numbersUpTo(counter, cutoff)) : []),
    ...texts(FIRST_DAY, dayOf(asInstant(cutoff - 2 * DAY_MICROS)), signOf(format)),
  ];
}

/** Windows that are past or hot for certain, in the order of the index. */
export function certainWindows(bounds: AgeBounds): Window[] {
  return inIndexOrder(pastWindows(bounds), hotWindows(bounds));
}

/** Windows of earlier and of later times, in the order of the index: they do not overlap. */
export function inIndexOrder(earlier: readonly Window[], later: readonly Window[]): Window[] {
  const isText = ([from]: Window): boolean => from.startsWith("'");
  const order = ([from]: Window): number => Number(from);
  const numbers = [...earlier, ...later]
    .filter((window) => !isText(window))
    .sort((a, b) => order(a) - order(b));
  return [...numbers, ...earlier.filter(isText), ...later.filter(isText)];
}

/** Kinds of values within which the index is in the order of time, zones aside; null when there are none. */
export function orderedKinds({ now, numeric, format }: Omit<AgeBounds, 'cutoff'>): ValueRange[] | null {
  if (format.includes('YYYY')) return orderedBy(format) === null ? null : [{ from: "''", to: null }];
  const numbers = countersOf(format, now).map(({ least, end }) => ({ from: String(least), to: String(end) }));
  const texts =
    format === AUTO
      ? [
          { from: "'-'", to: "'18-'" },
          { from: "'18-'", to: null },
        ]
      : [{ from: "''", to: null }];
  return [...(numeric ? numbers : []), ...texts];
}

/** Whether the values of a day are in few ranges of an index: of counts only where the column turns them into numbers. */
export function hasDayWindows(format: TimeFormat, affinity: 'text' | 'numeric' | 'none'): boolean {
  return format === AUTO || (isUnitName(format) ? affinity === 'numeric' : orderedBy(format) !== null);
}

/** Ranges of stored values that hold the instants of a day, zones aside. */
export function dayWindows(day: Day, numeric: boolean, format: TimeFormat): Window[] {
  const [before, last] = [asInstant(startOfDay(day) - 1), endOfDay(day)];
  const tomorrow = dayOf(asInstant(last + 1));
  const sign = signOf(format);
  const dates = (from: string, to: string): Window[] => [
    [`'${from.replaceAll('-', sign!)}'`, `'${to.replaceAll('-', sign!)}'`],
  ];
  const basic = day.replaceAll('-', '');
  return [
    // A day begins with its date alone: some write a space behind it, some a T.
    ...(sign === null ? [] : dates(day, tomorrow)),
    ...(format === AUTO ? ['T', 't'].flatMap((t) => dates(`${basic}${t}`, `${basic}${t}:`)) : []),
    ...(numeric
      ? countersOf(format, last).flatMap(({ unit }): Window[] =>
          unit === null
            ? [[`${julianAt(before)}.5`, `${julianAt(last)}.5`]]
            : windowOf(firstAfter(unit, before), firstAfter(unit, last)),
        )
      : []),
  ];
}

/** The ways in which numbers are times in a format, and which numbers. */
function countersOf(format: TimeFormat, now: Instant): CountRange[] {
  if (format === AUTO) {
    const bounds = plausibleNumbers(now);
    return (['s', 'ms', 'us', 'ns'] as const).map((name) => {
      const [least, end] = bounds[name];
      return { unit: unitNamed(name)!, least, end };
    });
  }
  const first = startOfDay(FIRST_DAY);
  const far = asInstant(now + 1_000_000 * 100 * 365 * 86_400);
  if (format === JULIAN.name) return [{ unit: null, least: julianAt(first) + 1n, end: julianAt(far) }];
  const unit = unitNamed(format);
  if (unit === null) return [];
  // 0 stands for no time.
  const zero = asInstant(Number(unit.origin) * 1_000_000);
  return [{ unit, least: firstAfter(unit, zero > first ? zero : first), end: lastUpTo(unit, far) }];
}

function numbersBetween(counter: CountRange, cutoff: Instant, now: Instant): Window[] {
  const { unit, least, end } = counter;
  const first = unit === null ? julianAt(cutoff) + 1n : firstAfter(unit, cutoff);
  const last = unit === null ? julianAt(now) : lastUpTo(unit, now);
  return windowOf(first > least ? first : least, last < end ? last : end);
}

function numbersUpTo({ unit, least, end }: CountRange, cutoff: Instant): Window[] {
  const last = unit === null ? julianAt(cutoff) : lastUpTo(unit, cutoff);
  return windowOf(least, last < end ? last : end);
}

function windowOf(from: bigint, to: bigint): Window[] {
  return from < to ? [[String(from), String(to)]] : [];
}

/** What stands between year, month and day where texts are in the order of time; null where they are not. */
function signOf(format: TimeFormat): string | null {
  return format === AUTO ? '-' : orderedBy(format);
}

/** Dates from one day up to another, by years, months and what is left of them. */
function texts(first: string, end: string, sign: string | null): Window[] {
  const windows: Window[] = [];
  for (let from = first; sign !== null && from < end; ) {
    const [year, month] = [from.slice(0, 4), from.slice(0, 7)];
    if (from.endsWith('-01-01') && year < end.slice(0, 4)) {
      windows.push([`'${year}-'`, `'${year}-:'`]);
      from = `${next(year)}-01-01`;
    } else if (month < end.slice(0, 7)) {
      windows.push([`'${from}'`, `'${month}-:'`]);
      from = month.endsWith('-12') ? `${next(year)}-01-01` : `${year}-${next(month.slice(5))}-01`;
    } else {
      windows.push([`'${from}'`, `'${end}'`]);
      break;
    }
  }
  return windows.map(([from, to]) => [from.replaceAll('-', sign!), to.replaceAll('-', sign!)]);
}

function next(digits: string): string {
  return String(Number(digits) + 1).padStart(digits.length, '0');
}
