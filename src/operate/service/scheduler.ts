import type { JobName, PauseState, RunRecord } from '../../hot/run-log.ts';
import type { Clock } from '../../model/clock.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { jobTimes, type ScheduleSettings } from '../schedule/job-schedule.ts';
import { type JobState, jobState } from '../schedule/job-state.ts';
import { type Action, nextAction } from '../schedule/next-action.ts';

/** What the scheduler tells whoever watches it. */
export type SchedulerEvent =
  /** Said when what it waits for changes. */
  | { readonly event: 'waiting'; readonly until: string | null; readonly reason: string }
  | { readonly event: 'started'; readonly job: JobName; readonly reason: string }
  | { readonly event: 'ended'; readonly record: RunRecord }
  /** The history cannot be read: it goes by what it remembers, and looks again. */
  | { readonly event: 'blind'; readonly error: unknown }
  /** Said once for each time a job becomes overdue. */
  | { readonly event: 'overdue'; readonly states: readonly JobState[] }
  /** Told at every turn and all through a job, so that whoever watches knows that it lives. */
  | { readonly event: 'turn' };

/** The world of a scheduler. */
export interface SchedulerPorts {
  readonly clock: Clock;
  readonly settings: ScheduleSettings;
  /** The history, newest first, and the pause; rejects when the database cannot be read just now. */
  look(): Promise<{ readonly runs: readonly RunRecord[]; readonly pause: PauseState | null }>;
  /** Runs a job to its end, and says how it ended. `recorded` is false when the history could not take it. */
  run(
    job: JobName,
    reason: string,
    signal: AbortSignal,
  ): Promise<{ readonly record: RunRecord; readonly recorded: boolean }>;
  tell(event: SchedulerEvent): Promise<void>;
}

/** How long it sleeps at most before it looks for a pause, a resume or a clock that has jumped. */
const LOOK_EVERY_MS = 15_000;

/** How many unrecorded runs are remembered. */
const REMEMBERED = 100;

/**
 * Runs the jobs when they are due, one at a time, until the signal aborts; the job that runs then stops cleanly first. What is due is
 * worked out anew from the history at every turn, so it does not matter when the scheduler was started, or how long the machine slept.
 */
export async function runScheduler(
  ports: SchedulerPorts,
  signal: AbortSignal,
  lookEveryMs: Milliseconds = LOOK_EVERY_MS,
): Promise<void> {
  const { clock, settings } = ports;
  let unrecorded: RunRecord[] = [];
  let known: { runs: readonly RunRecord[]; pause: PauseState | null } = { runs: [], pause: null };
  let blind = true;
  let said = '';
  let overdue = new Set<JobName>();
  while (!signal.aborted) {
    await ports.tell({ event: 'turn' });
    try {
      known = await ports.look();
      blind = false;
    } catch (error) {
      await ports.tell({ event: 'blind', error });
      // Before the first look nothing is known, and every job would seem due.
      if (blind) {
        await clock.sleep(lookEveryMs, signal);
        continue;
      }
    }
    const runs = newestFirst([...unrecorded, ...known.runs]);
    overdue = await tellOverdue(ports, runs, overdue);
    const action = nextAction(settings, runs, known.pause, clock.now());
    if (action.do === 'run') {
      said = '';
      await ports.tell({ event: 'started', job: action.job, reason: action.reason });
      const { record, recorded } = await ports.run(action.job, action.reason, signal);
      // Remembered, in case the next look fails and the job would seem due once more.
      if (recorded) known = { ...known, runs: [record, ...known.runs] };
      else unrecorded = [record, ...unrecorded].slice(0, REMEMBERED);
      await ports.tell({ event: 'ended', record });
      continue;
    }
    if (said !== action.reason) await ports.tell(waiting(action));
    said = action.reason;
    await clock.sleep(
      Math.min(lookEveryMs, (action.until ?? Number.POSITIVE_INFINITY) - clock.now()),
      signal,
    );
  }
}

async function tellOverdue(
  ports: SchedulerPorts,
  runs: readonly RunRecord[],
  before: ReadonlySet<JobName>,
): Promise<Set<JobName>> {
  const now = ports.clock.now();
  const states = jobTimes(ports.settings)
    .map((times) => jobState(times, runs, now, false))
    .filter(({ overdueSince }) => overdueSince !== null);
  if (states.some(({ job }) => !before.has(job))) await ports.tell({ event: 'overdue', states });
  return new Set(states.map(({ job }) => job));
}

function waiting(action: Action & { do: 'wait' }): SchedulerEvent {
  const until = action.until === null ? null : new Date(action.until).toISOString();
  return { event: 'waiting', until, reason: action.reason };
}

function newestFirst(runs: readonly RunRecord[]): RunRecord[] {
  return [...runs].sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}
