import { DAY_MS } from '../duration.ts';
import { type Day, dayOf, endOfDay, type Instant, laterBy, startOfDay } from '../instant.ts';

/** How much time one segment covers, in UTC: a day, a week from Monday to Sunday, or a month of the calendar. */
export type Span = (typeof SPANS)[number];

export const SPANS = ['day', 'week', 'month'] as const;

/** 1970-01-01 was a Thursday: this many days after a Monday. */
const THURSDAY = 3;

/** The first day of the span that holds a day. A span is named by it. */
export function firstDay(day: Day, span: Span): Day {
  switch (span) {
    case 'day':
      return day;
    case 'week': {
      const number = startOfDay(day) / (DAY_MS * 1000) + THURSDAY;
      return dayOf(laterBy(startOfDay(day), -(((number % 7) + 7) % 7) * DAY_MS));
    }
    case 'month':
      return `${day.slice(0, 'YYYY-MM'.length)}-01`;
  }
}

/** The last day of the span that begins with a day. */
export function lastDay(first: Day, span: Span): Day {
  switch (span) {
    case 'day':
      return first;
    case 'week':
      return dayOf(laterBy(startOfDay(first), 6 * DAY_MS));
    case 'month': {
      const [year, month] = first.split('-').map(Number) as [number, number];
      return new Date(new Date(0).setUTCFullYear(year, month, 0)).toISOString().slice(0, 'YYYY-MM-DD'.length);
    }
  }
}

/** The last instant of the span that begins with a day. */
export function endOfSpan(first: Day, span: Span): Instant {
  return endOfDay(lastDay(first, span));
}

/** The first instant after the span that begins with a day. */
export function afterSpan(first: Day, span: Span): Instant {
  return laterBy(startOfDay(lastDay(first, span)), DAY_MS);
}
