import type { JobName, PauseState, RunRecord } from '../../hot/run-log.ts';
import { jobTimes, type ScheduleSettings } from './job-schedule.ts';
import { jobState } from './job-state.ts';
import { activePause, describePause } from './pause-state.ts';
import { quietUntil } from './quiet-hours.ts';

/** What the scheduler does now; instants are milliseconds since the epoch. */
export type Action =
  | { readonly do: 'run'; readonly job: JobName; readonly reason: string }
  /** `until` null: until something else changes. */
  | { readonly do: 'wait'; readonly until: number | null; readonly reason: string };

/**
 * What to do now. Pure: one job at a time, rows before files, the one that is due; otherwise wait.
 * @param runs newest first; none of them is running.
 */
export function nextAction(
  settings: ScheduleSettings,
  runs: readonly RunRecord[],
  pause: PauseState | null,
  now: number,
): Action {
  const paused = activePause(pause, now);
  if (paused !== null) {
    const until = paused.until === null ? null : Date.parse(paused.until);
    return { do: 'wait', until, reason: describePause(paused) };
  }
  const quiet = quietUntil(settings.quietHours, settings.schedule.timeZone, now);
  if (quiet !== null)
    return { do: 'wait', until: quiet, reason: `quiet_hours until ${new Date(quiet).toISOString()}` };

  const states = jobTimes(settings).map((times) => jobState(times, runs, now, false));
  const due = states.find(({ nextStart }) => nextStart !== null && nextStart <= now);
  if (due !== undefined) return { do: 'run', job: due.job, reason: due.reason };
  const [first] = states
    .filter((state): state is typeof state & { nextStart: number } => state.nextStart !== null)
    .sort((a, b) => a.nextStart - b.nextStart);
  return first === undefined
    ? { do: 'wait', until: null, reason: 'no job is scheduled' }
    : { do: 'wait', until: first.nextStart, reason: `${first.job} is ${first.reason}` };
}
