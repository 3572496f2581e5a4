import type { ClockSpan } from '../../model/policy/config.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * The end of the quiet hours that `now` is in, in milliseconds since the epoch; null outside of them. Spans that touch
 * count as one. Where a clock is put forward or back inside a span the end is off by that hour, and is asked for again then.
 */
export function quietUntil(spans: readonly ClockSpan[], timeZone: string | null, now: number): number | null {
  if (spans.length === 0) return null;
  let at = now;
  for (const _ of spans) {
    const minute = minuteOfDay(at, timeZone);
    const span = spans.find((candidate) => within(candidate, minute));
    if (span === undefined) break;
    const left = (span.toMinute - minute + DAY_MINUTES) % DAY_MINUTES;
    at = Math.floor(at / MINUTE) * MINUTE + left * MINUTE;
  }
  return at === now ? null : at;
}

function within({ fromMinute, toMinute }: ClockSpan, minute: number): boolean {
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}

const clocks = new Map<string | null, Intl.DateTimeFormat>();

function minuteOfDay(at: number, timeZone: string | null): number {
  let clock = clocks.get(timeZone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(timeZone === null ? {} : { timeZone }),
    });
    clocks.set(timeZone, clock);
  }
  const [hour, minute] = clock.format(at).split(':');
  return Number(hour) * 60 + Number(minute);
}
