import { DAY_MS } from '../duration.ts';
import {
  asInstant,
  DAY_MICROS,
  type Day,
  dayOf,
  endOfDay,
  type Instant,
  laterBy,
  startOfDay,
} from '../instant.ts';

/** How much time one segment covers, in UTC: a day, a week from Monday to Sunday, or a month of the calendar. */
export type Span = 'day' | 'week' | 'month';

export const SPANS: readonly ['day', 'week', 'month'] = ['day', 'week', 'month'];

/** The time that a segment covers. A receipt and a footer are such. */
export interface Covered {
  /** The first day of the span. */
  readonly day: Day;
  readonly span: Span;
}

/** 1970-01-01 was a Thursday: this many days after a Monday. */
const THURSDAY = 3;

/** The first day of the span that holds a day. A span is named by it. */
export function firstDay(day: Day, span: Span): Day {
  switch (span) {
    case 'day':
      return day;
    case 'week': {
      const number = startOfDay(day) / DAY_MICROS + THURSDAY;
      return dayOf(laterBy(startOfDay(day), -(((number % 7) + 7) % 7) * DAY_MS));
    }
    case 'month':
      return `${day.slice(0, 'YYYY-MM'.length)}-01`;
  }
}

/** The span that holds an instant. */
export function spanAt(instant: Instant, span: Span): Covered {
  return { day: firstDay(dayOf(instant), span), span };
}

export function lastDay({ day, span }: Covered): Day {
  switch (span) {
    case 'day':
      return day;
    case 'week':
      return dayOf(laterBy(startOfDay(day), 6 * DAY_MS));
    case 'month': {
      const [year, month] = day.split('-').map(Number) as [number, number];
      return new Date(new Date(0).setUTCFullYear(year, month, 0)).toISOString().slice(0, 'YYYY-MM-DD'.length);
    }
  }
}

/** The last instant of a span. */
export function endOfSpan(covered: Covered): Instant {
  return endOfDay(lastDay(covered));
}

/** The first instant after a span. */
export function afterSpan(covered: Covered): Instant {
  return laterBy(startOfDay(lastDay(covered)), DAY_MS);
}

/** The last instant at or before this one that ends a span: what a cutoff is rounded down to, so that spans are archived whole. */
export function wholeSpans(cutoff: Instant, span: Span): Instant {
  if (span === 'day') return cutoff;
  const covering = spanAt(cutoff, span);
  return cutoff >= endOfSpan(covering) ? cutoff : asInstant(startOfDay(covering.day) - 1);
}

/** The days of the first and the last row of a segment. */
export function daysOfRows(
  segment: Covered & { readonly minTime: Instant; readonly maxTime: Instant },
): readonly [first: Day, last: Day] {
  if (segment.span === 'day') return [segment.day, segment.day];
  const last = lastDay(segment);
  const within = (day: Day): Day => (day < segment.day ? segment.day : day > last ? last : day);
  return [within(dayOf(segment.minTime)), within(dayOf(segment.maxTime))];
}

/**
 * Rows of a segment by day. Those of a longer span are divided evenly over the days from its first to its last row, which is an estimate; the sum
 * is exact.
 */
export function rowsByDay(
  segment: Covered & { readonly minTime: Instant; readonly maxTime: Instant; readonly rows: number },
): readonly (readonly [Day, number])[] {
  const [first, last] = daysOfRows(segment).map(startOfDay) as [Instant, Instant];
  const days = Math.round((last - first) / DAY_MICROS) + 1;
  const upTo = (at: number): number => Math.floor((segment.rows * at) / days);
  return Array.from({ length: days }, (_, at) => [
    dayOf(laterBy(first, at * DAY_MS)),
    upTo(at + 1) - upTo(at),
  ]);
}

/** In words: `2026-01-05`, `the week from 2026-01-05`, `2026-01`. */
export function spanInWords({ day, span }: Covered): string {
  if (span === 'day') return day;
  return span === 'week' ? `the week from ${day}` : day.slice(0, 'YYYY-MM'.length);
}
