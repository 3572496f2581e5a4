import type { Orphans } from '../../../operate/jobs/erase-orphans.ts';
import type { ErasePlan } from '../../../operate/jobs/erase-plan.ts';
import type { EraseReport } from '../../../operate/jobs/erase-rows.ts';

/** What was erased, or would be erased: the JSON of `firn erase`. */
export interface EraseAnswer {
  readonly command: 'erase';
  readonly dry_run: boolean;
  /** Rows erased, in all and by tier. */
  readonly total: number;
  readonly hot: number;
  readonly warm: number;
  readonly cold: number;
  /** Matching rows of the database, by table. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  /** Archive files with matching rows. */
  readonly segments: readonly {
    readonly segment: string;
    readonly table: string;
    readonly tier: 'warm' | 'cold';
    readonly rows: number;
  }[];
  /** Archive files that were rewritten, and the file that has the other rows; null where none was left. */
  readonly rewritten: readonly {
    readonly segment: string;
    readonly successor: string | null;
    readonly rows: number;
  }[];
  /** Rows that belong to erased rows and stay, by table. */
  readonly orphans: readonly Orphans[];
  /** Archive files that could not be read: they may contain matching rows. */
  readonly problems: readonly {
    readonly segment: string;
    readonly path: string;
    readonly message: string;
  }[];
  /** Tables whose database rows could not be read and were not erased. */
  readonly unread: readonly { readonly table: string; readonly message: string }[];
  /** Archive files and tables that still contain matching rows, and why. */
  readonly left: readonly { readonly segment: string; readonly message: string }[];
  /** Files in quarantine. They were not searched. */
  readonly quarantined: number;
  /** Why it ended before all rows were erased; null when it did not. */
  readonly stopped: string | null;
}

/** The plan, and what came of it, in the shape of Firn's JSON. @param report null for a dry run. @internal */
export function eraseJson(plan: ErasePlan, report: EraseReport | null): EraseAnswer {
  const counts = report ?? eraseCounts(plan);
  return {
    command: 'erase',
    dry_run: report === null,
    total: counts.hot + counts.warm + counts.cold,
    ...{ hot: counts.hot, warm: counts.warm, cold: counts.cold },
    tables: plan.hot,
    segments: plan.segments.map(({ segment, table, tier, positions }) => ({
      segment,
      table,
      tier,
      rows: positions.size,
    })),
    rewritten: report?.rewritten ?? [],
    orphans: plan.orphans,
    problems: plan.problems.map(({ segment, path, why }) => ({ segment, path, message: why })),
    unread: plan.unread.map(({ table, why }) => ({ table, message: why })),
    left: (report?.left ?? []).map(({ segment, why }) => ({ segment, message: why })),
    quarantined: plan.quarantined,
    stopped: report?.stopped ?? null,
  };
}

/** The matching rows of a plan, by tier. @internal */
export function eraseCounts({ hot, segments }: ErasePlan): { hot: number; warm: number; cold: number } {
  const lines = (tier: string): number =>
    segments.reduce((sum, step) => sum + (step.tier === tier ? step.positions.size : 0), 0);
  return { hot: hot.reduce((sum, { rows }) => sum + rows, 0), warm: lines('warm'), cold: lines('cold') };
}
