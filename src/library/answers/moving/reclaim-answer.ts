import type { ReclaimPlan } from '../../../lifecycle/report/reclaim-plan.ts';
import type { ReclaimReport } from '../../../lifecycle/report/reclaim-space.ts';

/** How much the database file shrank, or could shrink: the JSON of `firn reclaim`. */
export interface ReclaimAnswer {
  readonly command: 'reclaim';
  readonly dry_run: boolean;
  /** The database file and its size before. */
  readonly path: string;
  readonly bytes: number;
  /** Free pages in bytes, and as a part of the file, 0 to 1. */
  readonly free_bytes: number;
  readonly share: number;
  readonly auto_vacuum: 'none' | 'full' | 'incremental';
  readonly method: 'incremental' | 'full' | 'nothing';
  readonly reason: string;
  /** What a full rebuild takes: disk space, and seconds that writers wait, on a fast and on a slow disk. */
  readonly full: {
    readonly needs_database_bytes: number;
    readonly needs_temporary_bytes: number;
    readonly enough: boolean;
    readonly seconds: readonly [number, number];
  };
  readonly freed_bytes: number;
  readonly bytes_after: number;
  readonly duration_ms: number;
  /** Why it ended early; null when it did not. */
  readonly stopped: string | null;
}

/** The plan, and what came of it, in the shape of Firn's JSON. @param report null for a dry run. @internal */
export function reclaimJson(plan: ReclaimPlan, report: ReclaimReport | null): ReclaimAnswer {
  const { file, full } = plan;
  return {
    command: 'reclaim',
    dry_run: report === null,
    path: file.path,
    bytes: file.bytes,
    free_bytes: plan.freeBytes,
    share: plan.share,
    auto_vacuum: file.autoVacuum,
    method: plan.method,
    reason: plan.reason,
    full: {
      needs_database_bytes: full.needsDatabase,
      needs_temporary_bytes: full.needsTemporary,
      enough: full.enough,
      seconds: full.seconds,
    },
    freed_bytes: report?.freedBytes ?? 0,
    bytes_after: report?.after.bytes ?? file.bytes,
    duration_ms: report?.durationMs ?? 0,
    stopped: report?.stopped ?? null,
  };
}
