import { Cron } from 'croner';

/** When a cron expression of five fields comes round, in milliseconds since the epoch. */
export interface Occurrences {
  /** The last one at or before `now`; null when there was none. */
  last(now: number): number | null;
  /** The first one after `now`; null when there is none. */
  next(now: number): number | null;
}

/**
 * Occurrences on the clocks of a time zone (null: the machine's own). An hour that a zone skips in spring occurs right after the gap;
 * one that it repeats in autumn occurs once.
 */
export function occurrencesOf(cron: string, timeZone: string | null): Occurrences {
  const pattern = new Cron(cron, {
    mode: '5-part',
    paused: true,
    ...(timeZone === null ? {} : { timezone: timeZone }),
  });
  return {
    // Croner leaves the reference itself out.
    last: (now) => pattern.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? null,
    next: (now) => pattern.nextRun(new Date(now))?.getTime() ?? null,
  };
}
