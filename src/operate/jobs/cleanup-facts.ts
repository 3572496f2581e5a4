import type { RunOutcome } from '../../hot/run-log.ts';
import {
  type CleanupReport,
  skippedConsolidation,
  skippedPurge,
} from '../../lifecycle/cleanup/cleanup-report.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { RunFacts } from './recorded-run.ts';
import type { StopCause } from './stopper.ts';

/** What the history keeps of a cleanup. */
export function cleanupFacts(report: CleanupReport, cause: StopCause | null): RunFacts {
  const { consolidation, purge, problems, reconciled } = report;
  const alarms = [
    ...reconciled
      .filter(({ action }) => action === 'alarm')
      .map(({ subject, reason }) => `${subject}: ${reason}`),
    ...problems.filter(({ alarm }) => alarm).map(({ path, message }) => `${path}: ${message}`),
  ];
  const outcome: RunOutcome =
    alarms.length > 0 ? 'integrity' : (cause?.kind ?? (problems.length > 0 ? 'partly' : 'done'));
  const message =
    alarms.length > 0
      ? alarms.join('; ')
      : (cause?.reason ?? (problems.map(({ path, message: why }) => `${path}: ${why}`).join('; ') || null));
  return {
    outcome,
    records: consolidation.rows + purge.rows,
    remaining: cause === null ? 0 : null,
    tables: [],
    message,
  };
}

/** The report of a cleanup that was held back before it looked at anything. */
export function skippedCleanup(nowMs: Milliseconds, reason: string): CleanupReport {
  return {
    ...{ command: 'cleanup', dryRun: false, asOf: new Date(nowMs).toISOString() },
    consolidation: skippedConsolidation,
    purge: skippedPurge,
    problems: [],
    warnings: [reason],
    reconciled: [],
  };
}
