import type { PauseState, RunRecord } from '../../hot/run-log.ts';
import type { Overdue } from '../../lifecycle/report/status-overdue.ts';
import type { Backlog } from '../schedule/backlog.ts';
import { describeOverdue, type JobState } from '../schedule/job-state.ts';
import { describePause } from '../schedule/pause-state.ts';
import type { TableFigures } from './table-metrics.ts';

/** ok: nothing to do. attention: work does not happen as it should. alarm: an archive does not hold what it should. */
export interface Health {
  readonly level: 'ok' | 'attention' | 'alarm';
  /** All of it in one line. */
  readonly line: string;
  readonly problems: readonly string[];
}

const WAITING: Readonly<Record<Overdue['what'], string>> = {
  archive: 'should have been archived',
  consolidate: 'should have been bundled',
  purge: 'should have been purged',
};

interface HealthFacts {
  readonly jobs: readonly JobState[];
  readonly tables: readonly TableFigures[];
  readonly pause: PauseState | null;
  readonly backlogs: readonly Backlog[];
  readonly overdue: readonly Overdue[];
  readonly alarms: readonly string[];
}

export function judgeHealth(
  { jobs, tables, pause, backlogs, overdue, alarms }: HealthFacts,
  now: number,
): Health {
  const problems = [
    ...alarms.map((alarm) => `integrity: ${alarm}`),
    ...(pause === null ? [] : [describePause(pause)]),
    ...jobs.filter(({ overdueSince }) => overdueSince !== null).map((job) => describeOverdue(job, now)),
    ...jobs.filter(failedLast).map(({ job, lastRun }) => `the last ${job} job ${endingOf(lastRun!)}`),
    ...overdue.map(
      ({ table, what, rows, since }) => `${table}: ${rows} rows ${WAITING[what]} since ${since}`,
    ),
    ...tables.flatMap(({ table, problem }) => (problem === null ? [] : [`${table}: ${problem}`])),
    ...backlogs
      .filter(({ endsAt }) => endsAt === null)
      .map(
        ({ job, rows }) =>
          `the ${job} job left ${rows} rows. The backlog is not shrinking: increase max_runtime or pace`,
      ),
  ];
  const level = alarms.length > 0 ? 'alarm' : problems.length > 0 ? 'attention' : 'ok';
  const line = problems.length === 0 ? 'ok: all jobs ran on time' : `${level}: ${problems.join('; ')}`;
  return { level, line, problems };
}

/** Whether the last run of a job ended in a way that somebody should look at. */
export function failedLast({ running, lastRun }: JobState): boolean {
  if (running || lastRun === null) return false;
  return lastRun.end === null || ['failed', 'partly', 'died'].includes(lastRun.end.outcome);
}

/** How a run ended, in words: `failed (disk full)`. */
export function endingOf({ end }: RunRecord): string {
  const outcome = end?.outcome ?? 'died';
  if (outcome === 'died') return 'died';
  return `${outcome === 'partly' ? 'was partly completed' : 'failed'}${end?.message ? ` (${end.message})` : ''}`;
}
