import type { JobName, RunEnd, RunOutcome, RunRecord } from '../../src/hot/run-log.ts';
import { fileLocation } from '../../src/model/location.ts';
import type { ScheduleSettings } from '../../src/operate/schedule/job-schedule.ts';

/** A history, newest first, of runs that took a minute each: `['2026-06-01T02:00:00Z', 'daily', 'done']`; null is without an end. */
export function history(...runs: readonly (readonly [string, JobName, RunOutcome | null])[]): RunRecord[] {
  return runs
    .map(([startedAt, job, outcome], at) => ({
      id: at + 1,
      command: `job --mode ${job}`,
      jobs: [job],
      reason: 'test',
      startedAt: new Date(startedAt).toISOString(),
      end: outcome === null ? null : ended(startedAt, outcome),
    }))
    .reverse();
}

function ended(startedAt: string, outcome: RunOutcome): RunEnd {
  const endedAt = new Date(Date.parse(startedAt) + 60_000).toISOString();
  return { endedAt, durationMs: 60_000, outcome, records: 0, remaining: 0, tables: [], message: null };
}

/** The default schedule on UTC clocks, without jitter and quiet hours. */
export function scheduleOf(
  change: Partial<ScheduleSettings['schedule']> = {},
  rest: Partial<ScheduleSettings> = {},
): ScheduleSettings {
  return {
    schedule: {
      daily: '0 2 * * *',
      weekly: '0 3 * * 0',
      monthly: '0 4 1 * *',
      jitterMs: 0,
      timeZone: 'UTC',
      ...change,
    },
    quietHours: [],
    database: fileLocation('/data/ideas.db'),
    ...rest,
  };
}

export function at(text: string): number {
  return Date.parse(text);
}
