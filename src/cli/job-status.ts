import type { RunOutcome } from '../hot/run-log.ts';
import type { TableReport } from '../lifecycle/archive-report.ts';
import type { JobReport } from '../operate/job-work.ts';
import { archiveStatus } from './archive-status.ts';
import { cleanupStatus } from './cleanup-status.ts';
import { EXIT } from './exit-status.ts';

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

/** The exit status of a job; of several, what they have in common, or partly done. */
export function jobStatus(reports: readonly JobReport[]): number {
  const statuses = new Set(reports.map(statusOfOne));
  if (statuses.has(EXIT.integrity)) return EXIT.integrity;
  return statuses.size === 1 ? [...statuses][0]! : EXIT.partly;
}

function statusOfOne({ record, archive, cleanup }: JobReport): number {
  if (record?.end != null) return STATUS_OF[record.end.outcome];
  if (archive === null) return cleanupStatus(cleanup);
  // That the database lacks the tables of one job says nothing against it.
  return archiveStatus({ ...archive, tables: archive.tables.filter(isThere) });
}

function isThere({ status }: TableReport): boolean {
  return status !== 'missing_table';
}
