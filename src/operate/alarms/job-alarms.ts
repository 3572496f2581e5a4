import type { RunOutcome, RunRecord } from '../../hot/run-log.ts';
import type { Config } from '../../model/policy/config.ts';
import { describeOverdue, type JobState } from '../schedule/job-state.ts';
import { callHook } from './hooks.ts';
import { runJson } from './run-json.ts';

/** What a hook is told of where things are, and the hooks. */
export interface AlarmSettings extends Pick<Config, 'hooks'> {
  readonly database: Pick<Config['database'], 'text'>;
  readonly archives: Pick<Config['archives'], 'text'>;
}

const FAILURES: ReadonlySet<RunOutcome> = new Set(['failed', 'partly', 'integrity', 'died']);

/** True for an outcome that somebody must be told of; a run that only has to wait is told of once it is overdue. */
export function isFailure(record: RunRecord): boolean {
  return record.end !== null && FAILURES.has(record.end.outcome);
}

/** Tells the failure hook about a run; resolves to what went wrong with the hook, or null. */
export async function alarmFailure(settings: AlarmSettings, record: RunRecord): Promise<string | null> {
  const { hooks, database, archives } = settings;
  if (hooks.onFailure === null || !isFailure(record)) return null;
  const problem = await callHook(hooks.onFailure, {
    event: 'failure',
    database: database.text,
    archives: archives.text,
    run: runJson(record),
  });
  return problem === null ? null : `the on_failure hook failed: ${problem}`;
}

/** Tells the overdue hook which jobs are overdue at `now`. */
export async function alarmOverdue(
  settings: AlarmSettings,
  states: readonly JobState[],
  now: number,
): Promise<string | null> {
  const { hooks, database, archives } = settings;
  const overdue = states.filter(({ overdueSince }) => overdueSince !== null);
  if (hooks.onOverdue === null || overdue.length === 0) return null;
  const problem = await callHook(hooks.onOverdue, {
    event: 'overdue',
    database: database.text,
    archives: archives.text,
    as_of: new Date(now).toISOString(),
    jobs: overdue.map((state) => ({
      job: state.job,
      overdue_since: new Date(state.overdueSince!).toISOString(),
      message: describeOverdue(state, now),
      last_run: state.lastRun === null ? null : runJson(state.lastRun),
    })),
  });
  return problem === null ? null : `the on_overdue hook failed: ${problem}`;
}
