import { Cron } from 'croner';

/** When a cron expression of five fields comes round, in milliseconds since the epoch. */
export interface Occurrences {
  /** The last one at or before `now`; null when there was none. */
  last(now: number): number | null;
  /** The first one after `now`; null when there is none. */
  next(now: number): number | null;
}

/** Patterns, each with the spans between occurrences it was last asked for: time zones are slow to reckon with, and now moves little. */
const known = new Map<string, Occurrences>();
const KNOWN_AT_MOST = 100;
const SEEN_AT_MOST = 8;

/**
 * Occurrences on the clocks of a time zone (null: the machine's own). An hour that a zone skips in spring occurs right after the gap;
 * one that it repeats in autumn occurs once.
 */
export function occurrencesOf(cron: string, timeZone: string | null): Occurrences {
  const key = JSON.stringify([cron, timeZone]);
  let around = known.get(key);
  if (around === undefined) {
    if (known.size >= KNOWN_AT_MOST) known.clear();
    around = patternOf(cron, timeZone);
    known.set(key, around);
  }
  return around;
}

interface Interval {
  readonly from: number | null;
  readonly to: number | null;
}

function patternOf(cron: string, timeZone: string | null): Occurrences {
  const zone = timeZone === null ? {} : { timezone: timeZone };
  const pattern = new Cron(cron, { mode: '5-part', paused: true, ...zone });
  let seen: Interval[] = [];
  const around = (now: number): Interval => {
    const found = seen.find(({ from, to }) => from !== null && to !== null && from <= now && now < to);
    if (found !== undefined) return found;
    const interval = {
      // Croner leaves the reference itself out.
      from: pattern.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? null,
      to: pattern.nextRun(new Date(now))?.getTime() ?? null,
    };
    seen = [interval, ...seen].slice(0, SEEN_AT_MOST);
    return interval;
  };
  return { last: (now) => around(now).from, next: (now) => around(now).to };
}
