import { asInstant, dayOf, type Instant } from '../../../model/instant.ts';

/** A half-open range of stored values as SQL literals; null is no bound. */
export interface ValueRange {
  readonly from: string | null;
  readonly to: string | null;
}

/** A half-open range of stored values as SQL literals. */
export type Window = readonly [from: string, to: string];

/*
 * In a column of INTEGER, REAL or NUMERIC affinity SQLite turns a text bound that reads as a number into one, and '1700' or '2026.' would then
 * compare with the numbers. So every text bound here has a hyphen in it.
 */

const DAY = 86_400_000_000;
/** The units of a number, and the least number that is taken for one. */
const UNITS = [
  [1_000_000, 1e8],
  [1_000, 1e11],
  [1, 1e14],
] as const;
const FIRST_DAY = '1971-01-01';

/**
 * Which values of an age column must be looked at to find every row due at `cutoff`: everything but values that are certainly
 * instants between cutoff and now. NULLs are in no range.
 * @param numeric whether the column can hold numbers.
 */
export function rangesToExamine(cutoff: Instant, now: Instant, numeric: boolean): ValueRange[] {
  return rangesOutside(hotWindows(cutoff, now, numeric));
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
export function hotWindows(cutoff: Instant, now: Instant, numeric: boolean): Window[] {
  return [
    ...(numeric ? numbersBetween(cutoff, now) : []),
    ...texts(dayOf(asInstant(cutoff + 2 * DAY)), dayOf(asInstant(now + DAY))),
  ];
}

/** Values that are certainly at or before `cutoff`, or no instants at all, in the order of the index. */
export function pastWindows(cutoff: Instant, numeric: boolean): Window[] {
  return [...(numeric ? numbersUpTo(cutoff) : []), ...texts(FIRST_DAY, dayOf(asInstant(cutoff - 2 * DAY)))];
}

/** Both in the order of the index: they do not overlap. */
export function certainWindows(cutoff: Instant, now: Instant, numeric: boolean): Window[] {
  const [past, hot] = [pastWindows(cutoff, numeric), hotWindows(cutoff, now, numeric)];
  const isText = ([from]: Window): boolean => from.startsWith("'");
  const order = ([from]: Window): number => Number(from);
  const numbers = [...past, ...hot].filter((window) => !isText(window)).sort((a, b) => order(a) - order(b));
  return [...numbers, ...past.filter(isText), ...hot.filter(isText)];
}

function numbersBetween(cutoff: Instant, now: Instant): Window[] {
  return UNITS.flatMap(([unit, least]): Window[] => {
    const [from, to] = [Math.floor(cutoff / unit) + 1, Math.floor(now / unit)];
    return from >= least && to < least * 1000 && from < to ? [[String(from), String(to)]] : [];
  });
}

function numbersUpTo(cutoff: Instant): Window[] {
  return UNITS.flatMap(([unit, least]): Window[] => {
    const to = Math.floor(cutoff / unit);
    return to > least && to < least * 1000 ? [[String(least), String(to)]] : [];
  });
}

/** Dates from one day up to another, by years, months and what is left of them. */
function texts(first: string, end: string): Window[] {
  const windows: Window[] = [];
  for (let from = first; from < end; ) {
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
  return windows;
}

function next(digits: string): string {
  return String(Number(digits) + 1).padStart(digits.length, '0');
}
