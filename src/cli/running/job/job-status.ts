import type { RunOutcome } from '../../../hot/run-log.ts';
import type { TableReport } from '../../../lifecycle/archive/archive-report.ts';
import { FirnError } from '../../../model/errors.ts';
import type { JobReport } from '../../../operate/jobs/job-work.ts';
import type { JobAttempt } from '../../../operate/jobs/run-jobs.ts';
import { EXIT, exitStatusOf } from '../../frame/exit-status.ts';
import { archiveStatus } from '../../moving/archive-status.ts';
import { cleanupStatus } from '../../moving/cleanup-status.ts';

const STATUS_OF: Readonly<Record<RunOutcome, number>> = {
  done: EXIT.done,
  partly: EXIT.partly,
  budget: EXIT.partly,
  paused: EXIT.partly,
  quiet: EXIT.partly,
  stopped: EXIT.partly,
  failed: EXIT.failed,
  busy: EXIT.failed,
  died: EXIT.failed,
  locked: EXIT.locked,
  integrity: EXIT.integrity,
};

/** The exit status of a job's dry run; of several, what they have in common, or partly done. */
export function plannedJobStatus(reports: readonly JobReport[]): number {
  return inCommon(reports.map(statusOfPlan));
}

/** The same of jobs that ran, or could not. */
export function jobStatus(attempts: readonly Pick<JobAttempt, 'record' | 'error'>[]): number {
  return inCommon(attempts.map(statusOfAttempt));
}

function inCommon(all: readonly number[]): number {
  const statuses = new Set(all);
  if (statuses.has(EXIT.integrity)) return EXIT.integrity;
  return statuses.size === 1 ? [...statuses][0]! : EXIT.partly;
}

function statusOfAttempt({ record: { end }, error }: Pick<JobAttempt, 'record' | 'error'>): number {
  const failure = error instanceof FirnError ? exitStatusOf(error.code) : EXIT.failed;
  const status = error === null && end !== null ? STATUS_OF[end.outcome] : failure;
  return status === EXIT.failed && (end?.records ?? 0) > 0 ? EXIT.partly : status;
}

function statusOfPlan({ archive, cleanup }: JobReport): number {
  if (archive === null) return cleanupStatus(cleanup);
  // That the database lacks the tables of one job says nothing against it.
  return archiveStatus({ ...archive, tables: archive.tables.filter(isThere) });
}

function isThere({ status }: TableReport): boolean {
  return status !== 'missing_table';
}
