import type { ArchiveReport, TableStatus } from '../../lifecycle/archive/archive-report.ts';
import { EXIT } from '../frame/exit-status.ts';

/** Tables in these states did not get what was asked for. */
const FELL_SHORT: ReadonlySet<TableStatus> = new Set(['error', 'partial', 'paused', 'no_policy']);

/**
 * The exit status of an archive run or its dry run. A table that the database lacks counts against the run only
 * where no other table was found: then it is probably not the database that was meant.
 */
export function archiveStatus({ tables, reconciled }: ArchiveReport): number {
  if (reconciled.some(({ action }) => action === 'alarm')) return EXIT.integrity;
  if (tables.length === 0) return EXIT.done;
  if (tables.every(({ status }) => status === 'error' || status === 'missing_table')) return EXIT.failed;
  return tables.some(({ status }) => FELL_SHORT.has(status)) ? EXIT.partly : EXIT.done;
}
