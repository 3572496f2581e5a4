import type { PauseState, RunRecord } from '../hot/run-log.ts';
import { formatDuration } from '../model/duration.ts';
import type { Backlog } from './backlog.ts';
import { describeOverdue, type JobState } from './job-state.ts';
import { describePause } from './pause.ts';
import type { TableFigures } from './table-figures.ts';

/** ok: nothing to do. attention: work does not happen as it should. alarm: an archive does not hold what it should. */
export interface Health {
  readonly level: 'ok' | 'attention' | 'alarm';
  /** All of it in one line. */
  readonly line: string;
  readonly problems: readonly string[];
}

interface HealthFacts {
  readonly jobs: readonly JobState[];
  readonly tables: readonly TableFigures[];
  readonly pause: PauseState | null;
  readonly backlogs: readonly Backlog[];
}

export function judgeHealth(
  { jobs, tables, pause, backlogs }: HealthFacts,
  alarm: RunRecord | null,
  now: number,
): Health {
  const problems = [
    ...(alarm === null ? [] : [`integrity alarm of ${alarm.startedAt}: ${alarm.end?.message ?? ''}`]),
    ...(pause === null ? [] : [describePause(pause)]),
    ...jobs.filter(({ overdueSince }) => overdueSince !== null).map((job) => describeOverdue(job, now)),
    ...jobs.filter(failedLast).map(({ job, lastRun }) => `the last ${job} job ${ending(lastRun!)}`),
    ...tables
      .filter(({ overdue }) => overdue)
      .map(({ table, due, behindMs }) => `${table}: ${due} rows overdue by ${formatDuration(behindMs)}`),
    ...tables.flatMap(({ table, problem }) => (problem === null ? [] : [`${table}: ${problem}`])),
    ...backlogs
      .filter(({ endsAt }) => endsAt === null)
      .map(({ job, rows }) => `the ${job} job left ${rows} rows, and its end is not in sight`),
  ];
  const level = alarm !== null ? 'alarm' : problems.length > 0 ? 'attention' : 'ok';
  const line =
    problems.length === 0 ? 'ok: every job ran when it was due' : `${level}: ${problems.join('; ')}`;
  return { level, line, problems };
}

function failedLast({ running, lastRun }: JobState): boolean {
  if (running || lastRun === null) return false;
  return lastRun.end === null || ['failed', 'partly', 'died'].includes(lastRun.end.outcome);
}

function ending({ end }: RunRecord): string {
  const outcome = end?.outcome ?? 'died';
  if (outcome === 'died') return 'died';
  return `${outcome === 'partly' ? 'was partly done' : 'failed'}${end?.message ? ` (${end.message})` : ''}`;
}
