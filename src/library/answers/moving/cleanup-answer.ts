import type { CleanupPlan } from '../../../lifecycle/cleanup/cleanup-plan.ts';
import type {
  CleanupProblem,
  CleanupReport,
  CleanupStatus,
} from '../../../lifecycle/cleanup/cleanup-report.ts';
import type { KeptSegment, SegmentStep } from '../../../lifecycle/cleanup/cleanup-steps.ts';
import type { Reconciled } from '../../../lifecycle/reconcile/reconcile-plan.ts';

/** What a cleanup did, or would do: the JSON of `firn cleanup archives`. */
export interface CleanupAnswer {
  readonly command: 'cleanup';
  readonly dry_run: boolean;
  /** The one `now` of the run, UTC ISO 8601. */
  readonly as_of: string;
  readonly consolidation: ConsolidationAnswer;
  readonly purge: PurgeAnswer;
  readonly problems: readonly CleanupProblem[];
  readonly warnings: readonly string[];
  /** What an earlier, interrupted run had left and this run completed, and what it found wrong (`action` is `alarm`). */
  readonly reconciled: readonly Reconciled[];
  /** Each step with its reason; only in a dry run. */
  readonly steps?: readonly CleanupStep[];
}

/** Files that moved from warm to cold (that would move, in a dry run). */
export interface ConsolidationAnswer {
  readonly status: CleanupStatus;
  /** Archive files that moved into a bundle, their rows and bytes. */
  readonly consolidated: number;
  readonly records: number;
  readonly bytes: number;
  /** Bundles written, and their paths. */
  readonly cold_files: number;
  readonly bundles: readonly string[];
  /** Warm files removed for it. */
  readonly removed_warm: number;
  /** Files past their warm time that stay, and why. */
  readonly kept: readonly KeptSegment[];
}

/** Rows that were purged (that would be purged, in a dry run). */
export interface PurgeAnswer {
  readonly status: CleanupStatus;
  /** Files deleted or made smaller, and their paths. */
  readonly purged_files: number;
  readonly files: readonly string[];
  readonly purged_segments: number;
  readonly purged_records: number;
  readonly purged_bytes: number;
  /** Files past their retention time that stay, and why. */
  readonly kept: readonly KeptSegment[];
}

/** One archive file that a cleanup would move or purge. */
export interface CleanupStep {
  readonly action: 'consolidate' | 'purge';
  /** The file that changes. */
  readonly path: string;
  readonly segment: string;
  readonly table: string;
  readonly day: string;
  readonly records: number;
  readonly bytes: number;
  readonly reason: string;
}

/** The report in the shape of Firn's JSON. @internal */
export function cleanupReportJson(report: CleanupReport): CleanupAnswer {
  const { command, dryRun, asOf, consolidation, purge, problems, warnings, reconciled } = report;
  return {
    command,
    dry_run: dryRun,
    as_of: asOf,
    consolidation: {
      status: consolidation.status,
      consolidated: consolidation.segments,
      cold_files: consolidation.bundles.length,
      removed_warm: consolidation.removedWarm,
      records: consolidation.rows,
      bytes: consolidation.bytes,
      bundles: consolidation.bundles,
      kept: consolidation.kept,
    },
    purge: {
      status: purge.status,
      purged_files: purge.files.length,
      purged_segments: purge.segments,
      purged_records: purge.rows,
      purged_bytes: purge.bytes,
      files: purge.files,
      kept: purge.kept,
    },
    problems,
    warnings,
    reconciled,
  };
}

/** A segment that a plan moves or purges, with the file that changes. */
export interface PlannedCleanupStep extends SegmentStep {
  readonly action: 'consolidate' | 'purge';
  readonly path: string;
}

/** @internal */
export function cleanupSteps({ consolidation, purge }: CleanupPlan): PlannedCleanupStep[] {
  return [
    ...(consolidation?.months ?? []).flatMap(({ bundle, segments }) =>
      segments.map((step): PlannedCleanupStep => ({ action: 'consolidate', path: bundle, ...step })),
    ),
    ...(purge?.files ?? []).flatMap(({ path, segments }) =>
      segments.map((step): PlannedCleanupStep => ({ action: 'purge', path, ...step })),
    ),
  ];
}

/** The plan of a dry run, with every step and its reason. @internal */
export function cleanupPlanJson(report: CleanupReport, plan: CleanupPlan): CleanupAnswer {
  const steps = cleanupSteps(plan).map(({ action, path, segment, table, day, rows, bytes, reason }) => ({
    ...{ action, path, segment, table, day, records: rows, bytes, reason },
  }));
  return { ...cleanupReportJson(report), steps };
}
