import { JOB_NAMES, type JobName } from '../../hot/run-log.ts';
import type { Config } from '../../model/policy/config.ts';
import { jitterMs } from './jitter.ts';
import { type Occurrences, occurrencesOf } from './occurrences.ts';

/** What the history has for the reason of a run that cron or a systemd timer started. */
export const BY_TIMER = 'a timer';

/** When jobs run. The location of the database seeds the jitter, which is the same at every start. */
export type ScheduleSettings = Pick<Config, 'schedule' | 'quietHours' | 'database'>;

/** One job's part of the schedule; instants are milliseconds since the epoch. */
export interface JobTimes {
  readonly job: JobName;
  /** When it last should have been thought of, at or before `now`; null when never. */
  last(now: number): number | null;
  next(now: number): number | null;
  /** When the job of this occurrence starts: put off by its jitter. */
  start(occurrence: number): number;
}

/** The jobs that are scheduled at all, in the order they run when several are due. */
export function jobTimes(settings: ScheduleSettings): JobTimes[] {
  const { schedule, database } = settings;
  return JOB_NAMES.flatMap((job) => {
    const cron = schedule[job];
    if (cron === null) return [];
    const occurrences: Occurrences = occurrencesOf(cron, schedule.timeZone);
    const start = (occurrence: number): number =>
      occurrence + jitterMs(schedule.jitterMs ?? 0, database.text, job, occurrence);
    return [{ job, last: (now) => occurrences.last(now), next: (now) => occurrences.next(now), start }];
  });
}
