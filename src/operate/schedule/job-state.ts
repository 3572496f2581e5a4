import type { JobName, RunOutcome, RunRecord } from '../../hot/run-log.ts';
import { formatDuration } from '../../model/duration.ts';
import type { JobTimes } from './job-schedule.ts';

const MINUTE = 60_000;

/** A job is overdue this long after it should have started, or half the time to its next start if that is shorter. */
const GRACE_MS = 12 * 60 * MINUTE;

/** A run that began later than this after now was written down by a clock that was wrong, and answers for nothing. */
const AHEAD_MS = 24 * 60 * MINUTE;

/** Where one job stands; instants are milliseconds since the epoch. */
export interface JobState {
  readonly job: JobName;
  readonly running: boolean;
  readonly lastRun: RunRecord | null;
  /** The last one that did what it was to do; one that its time budget ended counts. */
  readonly lastSuccess: RunRecord | null;
  /** When it starts next, in the past when it waits for nothing but its turn; null when never again. */
  readonly nextStart: number | null;
  readonly reason: string;
  /** When it should have run and did not; null while it is within its grace. */
  readonly overdueSince: number | null;
}

/** Outcomes that answer for a due time: trying again before the next one would change nothing. */
const SETTLED: ReadonlySet<RunOutcome> = new Set(['done', 'budget', 'integrity']);
const GOOD: ReadonlySet<RunOutcome> = new Set(['done', 'budget']);
const RAN: ReadonlySet<RunOutcome> = new Set([...GOOD, 'integrity']);

/**
 * Where a job stands. However many due times were missed, one run makes up for them.
 * @param runs newest first.
 * @param lockHeld whether a run holds the lock now: only then is a newest run without an end still running.
 */
export function jobState(
  times: JobTimes,
  runs: readonly RunRecord[],
  now: number,
  lockHeld: boolean,
): JobState {
  const { job } = times;
  const horizon = horizonOf(now);
  const mine = runs.filter((run) => run.jobs.includes(job) && run.startedAt <= horizon);
  const lastRun = mine[0] ?? null;
  const lastSuccess = mine.find((run) => run.end !== null && GOOD.has(run.end.outcome)) ?? null;
  const running = lockHeld && mine.some((run) => run === runs.find(({ end }) => end === null));
  const { nextStart, reason } = nextStartOf(times, mine, now);
  // A run that ended with an integrity alarm did run: the alarm is reported by itself.
  const ran = mine.find((run) => run.end !== null && RAN.has(run.end.outcome)) ?? null;
  const overdueSince = running
    ? null
    : overdue(times, ran === null ? firstRunAt(runs.filter(isAsOften(job)), now) : startOf(ran), now);
  return { job, running, lastRun, lastSuccess, nextStart, reason, overdueSince };
}

const BY_PERIOD: readonly JobName[] = ['daily', 'weekly', 'monthly'];

/** Whether a run says that a job is waited for: that of a rarer job says nothing of a more frequent one, and other commands say nothing. */
function isAsOften(job: JobName): (run: RunRecord) => boolean {
  const often = BY_PERIOD.slice(0, BY_PERIOD.indexOf(job) + 1);
  return ({ jobs }) => jobs.some((other) => often.includes(other));
}

/**
 * When the first run began that is recorded: since then jobs are waited for, as what was due before was due to nobody. Null when there is none.
 * @param runs newest first.
 */
export function firstRunAt(runs: readonly RunRecord[], now: number): number | null {
  const horizon = horizonOf(now);
  const first = runs.findLast((run) => run.startedAt <= horizon);
  return first === undefined ? null : startOf(first);
}

/** Instants as ISO texts of one form compare as they are, which a thousand runs feel. */
function horizonOf(now: number): string {
  return new Date(now + AHEAD_MS).toISOString();
}

function nextStartOf(
  times: JobTimes,
  mine: readonly RunRecord[],
  now: number,
): Pick<JobState, 'nextStart' | 'reason'> {
  const occurrence = times.last(now);
  const since = occurrence === null ? '' : new Date(occurrence).toISOString();
  const attempts = mine.filter((run) => run.startedAt >= since);
  if (occurrence === null || attempts.some((run) => SETTLED.has(outcomeOf(run)))) return upcoming(times, now);
  const due = `due ${since}`;
  const [last] = attempts;
  if (last === undefined) {
    const reason = mine.length === 0 ? `${due}; it has not run yet` : due;
    return { nextStart: times.start(occurrence), reason };
  }
  const delay = retryDelay(attempts.map(outcomeOf));
  if (delay === null) return upcoming(times, now);
  const nextStart = Math.min(endOf(last) + delay, now + delay);
  return { nextStart, reason: `${due}; the last run ended: ${outcomeOf(last)}` };
}

function upcoming(times: JobTimes, now: number): Pick<JobState, 'nextStart' | 'reason'> {
  const next = times.next(now);
  return next === null
    ? { nextStart: null, reason: 'never again' }
    : { nextStart: times.start(next), reason: `due ${new Date(next).toISOString()}` };
}

/**
 * How long to wait before the next try, in milliseconds, after tries that ended so (newest first); null for: not before the next due time.
 * Whoever is in the way is asked again and again; what failed by itself is tried four times more.
 */
export function retryDelay(outcomes: readonly RunOutcome[]): number | null {
  switch (outcomes[0]) {
    case 'busy':
    case 'locked':
    case 'died':
      return Math.min(30, 2 ** (outcomes.length - 1)) * MINUTE;
    case 'failed':
    case 'partly':
      return outcomes.length > 4 ? null : 5 * MINUTE * 3 ** (outcomes.length - 1);
    case 'paused':
    case 'quiet':
    case 'stopped':
      return 0;
    default:
      return null;
  }
}

/** @param since when the job last ran, else when the first run of any began; null where nothing was ever recorded. */
function overdue(times: JobTimes, since: number | null, now: number): number | null {
  const missed = since === null ? times.last(now) : times.next(since);
  if (missed === null) return null;
  const start = times.start(missed);
  const following = times.next(missed);
  const grace = following === null ? GRACE_MS : Math.min(GRACE_MS, (following - missed) / 2);
  return now > start + grace ? start : null;
}

/** One without an end died, unless it is running, and then nobody asks. */
function outcomeOf(run: RunRecord): RunOutcome {
  return run.end?.outcome ?? 'died';
}

function startOf(run: RunRecord): number {
  return Date.parse(run.startedAt);
}

function endOf(run: RunRecord): number {
  return Date.parse(run.end?.endedAt ?? run.startedAt);
}

/** `overdue by 2d`, for messages. */
export function describeOverdue(state: JobState, now: number): string {
  const late = formatDuration(now - (state.overdueSince ?? now));
  return state.lastSuccess === null
    ? `the ${state.job} job has never succeeded`
    : `the ${state.job} job is overdue by ${late}`;
}
