import { JOB_NAMES, type JobName } from '../../hot/run-log.ts';
import { jitterMs } from './jitter.ts';
import { type Occurrences, occurrencesOf } from './occurrences.ts';
import type { QuietSpan } from './quiet-hours.ts';

/** What the history has for the reason of a run that cron or a systemd timer started. */
export const BY_TIMER = 'a timer';

/** When jobs run: what the configuration says, and the seed of the jitter (the database's path: the same at every start). */
export interface ScheduleSettings {
  readonly schedule: Readonly<Record<JobName, string | null>> & {
    /** Null is none. */
    readonly jitterMs: number | null;
    /** Null is the machine's own. */
    readonly timeZone: string | null;
  };
  readonly quietHours: readonly QuietSpan[];
  readonly database: string;
}

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
      occurrence + jitterMs(schedule.jitterMs ?? 0, database, job, occurrence);
    return [{ job, last: (now) => occurrences.last(now), next: (now) => occurrences.next(now), start }];
  });
}
