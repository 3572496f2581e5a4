import type { RunOutcome, RunTable } from '../../hot/run-log.ts';
import type { ArchiveReport, TableReport } from '../../lifecycle/archive/archive-report.ts';
import { sumOfKept } from '../../model/policy/archive-plan.ts';
import type { RunFacts } from './recorded-run.ts';
import type { StopCause } from './stopper.ts';

const FELL_SHORT: ReadonlySet<TableReport['status']> = new Set(['error', 'partial', 'no_policy', 'paused']);

/**
 * What the history keeps of an archive run. Tables that the database lacks do not count against it; that it has none at all of
 * the managed ones is a failure, as it is probably not the database that was meant.
 */
export function archiveFacts(
  report: ArchiveReport,
  cause: StopCause | null,
  remaining: number | null,
  hasManagedTables: boolean,
): RunFacts {
  const alarms = report.reconciled.filter(({ action }) => action === 'alarm');
  const failed = report.tables.filter(({ status }) => FELL_SHORT.has(status));
  const message =
    alarms.length > 0
      ? alarms.map(({ subject, reason }) => `${subject}: ${reason}`).join('; ')
      : (cause?.reason ??
        (failed.map(({ table, message: why }) => `${table}: ${why ?? 'failed'}`).join('; ') || null));
  if (!hasManagedTables && cause === null) {
    const message = 'the database has none of the managed tables';
    return { outcome: 'failed', records: 0, remaining: null, tables: report.tables.map(toRunTable), message };
  }
  return {
    outcome: outcomeOf(report, alarms.length > 0, cause),
    // Rows of segments that an earlier run left half drained have left by this run.
    records: report.total + report.reconciled.reduce((sum, { records }) => sum + records, 0),
    remaining,
    tables: report.tables.map(toRunTable),
    message,
  };
}

function outcomeOf({ tables }: ArchiveReport, alarm: boolean, cause: StopCause | null): RunOutcome {
  if (alarm) return 'integrity';
  if (cause !== null) return cause.kind;
  const there = tables.filter(({ status }) => status !== 'missing_table');
  if (there.length > 0 && there.every(({ status }) => status === 'error')) return 'failed';
  return tables.some(({ status }) => FELL_SHORT.has(status)) ? 'partly' : 'done';
}

function toRunTable({ table, status, records, kept, undated }: TableReport): RunTable {
  const stayed = kept.changed + sumOfKept(kept);
  return { table, status, records, kept: stayed, undated };
}

/** The report of a run that a stop ended: tables whose turn never came say so instead of claiming to be partly done. */
export function withPaused(report: ArchiveReport, cause: StopCause | null): ArchiveReport {
  if (cause?.kind !== 'paused' && cause?.kind !== 'quiet') return report;
  const tables = report.tables.map((table): TableReport => {
    const untouched =
      table.status === 'partial' && table.records === 0 && table.message?.includes(cause.reason);
    return untouched ? { ...table, status: 'paused', message: cause.reason } : table;
  });
  return { ...report, tables };
}
