import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import type { CleanupPlan } from './cleanup-plan.ts';
import type { KeptSegment } from './cleanup-steps.ts';

/** skipped: not requested. no_archives: nothing to do. partial: some files failed or were not reached; see `problems`. */
export type CleanupStatus = 'success' | 'no_archives' | 'skipped' | 'partial';

/** A file that could not be dealt with; the others were. */
export interface CleanupProblem {
  readonly path: string;
  readonly message: string;
  /** An archive does not hold what its receipt says. */
  readonly alarm: boolean;
  /** Not the file's: the run was stopped before it came to it, and to those behind it. */
  readonly stopped?: boolean;
}

export interface ConsolidationReport {
  readonly status: CleanupStatus;
  /** Segments that moved (would move, for a dry run), their rows and bytes. */
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
  /** Paths of the bundles written. */
  readonly bundles: readonly string[];
  /** Warm files that are gone for it. */
  readonly removedWarm: number;
  readonly kept: readonly KeptSegment[];
}

export interface PurgeReport {
  readonly status: CleanupStatus;
  /** Paths of the files that are gone, or are smaller now. */
  readonly files: readonly string[];
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
  readonly kept: readonly KeptSegment[];
}

export interface CleanupReport {
  readonly command: 'cleanup';
  readonly dryRun: boolean;
  /** The one `now` of the run, UTC ISO 8601. */
  readonly asOf: string;
  readonly consolidation: ConsolidationReport;
  readonly purge: PurgeReport;
  readonly problems: readonly CleanupProblem[];
  readonly warnings: readonly string[];
  /** What had to be put right first; empty after a run that ended well. Not there for a dry run. */
  readonly reconciled: readonly Reconciled[];
}

/** What a dry run prints: the plan, in the shape of the run's own report. */
export function dryCleanupReport({ asOf, consolidation, purge, warnings }: CleanupPlan): CleanupReport {
  const consent = purge?.needsConsent ?? null;
  return {
    ...{ command: 'cleanup', dryRun: true, asOf },
    consolidation:
      consolidation === null
        ? skippedConsolidation
        : {
            status: plannedStatus(consolidation),
            segments: consolidation.segments,
            rows: consolidation.rows,
            bytes: consolidation.bytes,
            bundles: consolidation.months.map(({ bundle }) => bundle),
            removedWarm: consolidation.segments,
            kept: consolidation.kept,
          },
    purge:
      purge === null
        ? skippedPurge
        : {
            status: plannedStatus(purge),
            files: purge.files.map(({ path }) => path),
            segments: purge.segments,
            rows: purge.rows,
            bytes: purge.bytes,
            kept: purge.kept,
          },
    problems: [],
    warnings: consent === null ? warnings : [...warnings, `${consent}. Pass --yes to allow it.`],
    reconciled: [],
  };
}

export function plannedStatus({ segments }: { readonly segments: number }): CleanupStatus {
  return segments === 0 ? 'no_archives' : 'success';
}

export const skippedConsolidation: ConsolidationReport = {
  status: 'skipped',
  ...{ segments: 0, rows: 0, bytes: 0, bundles: [], removedWarm: 0, kept: [] },
};

export const skippedPurge: PurgeReport = {
  status: 'skipped',
  ...{ files: [], segments: 0, rows: 0, bytes: 0, kept: [] },
};
