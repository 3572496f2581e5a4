import { dayOf, type Instant } from '../../model/instant.ts';

/** A half-open range of stored values as SQL literals; null is no bound. */
export interface ValueRange {
  readonly from: string | null;
  readonly to: string | null;
}

const DAY = 86_400_000_000;

/**
 * Which values of an age column must be looked at to find every row due at `cutoff`: everything but values that are certainly
 * instants between cutoff and now. NULLs are in no range.
 *
 * Each text range that is left out lies within one month or year with its hyphen (`2026-01-`), so that digits meant as time since the epoch are
 * never left out; and it begins two days behind the cutoff, because a zone moves a date by less than a day.
 * @param numeric whether the column can hold numbers.
 */
export function rangesToExamine(cutoff: Instant, now: Instant, numeric: boolean): ValueRange[] {
  const skipped = [...(numeric ? hotNumbers(cutoff, now) : []), ...hotTexts(cutoff, now)];
  const bounds = [null, ...skipped.flat(), null];
  const ranges: ValueRange[] = [];
  for (let at = 0; at < bounds.length; at += 2) ranges.push({ from: bounds[at]!, to: bounds[at + 1]! });
  return ranges;
}

function hotNumbers(cutoff: Instant, now: Instant): [string, string][] {
  const windows: [string, string][] = [];
  for (const [unit, least] of [
    [1_000_000, 1e8],
    [1_000, 1e11],
    [1, 1e14],
  ] as const) {
    const from = Math.floor(cutoff / unit) + 1;
    const to = Math.floor(now / unit);
    if (from >= least && to < least * 1000 && from < to) windows.push([String(from), String(to)]);
  }
  return windows;
}

function hotTexts(cutoff: Instant, now: Instant): [string, string][] {
  const windows: [string, string][] = [];
  const end = dayOf(now + DAY);
  for (let from = dayOf(cutoff + 2 * DAY); from < end; ) {
    const [year, month] = [from.slice(0, 4), from.slice(0, 7)];
    if (from.endsWith('-01-01') && year < end.slice(0, 4)) {
      windows.push([`'${year}-'`, `'${year}.'`]);
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
