import type { RebuildReport } from '../../../lifecycle/begin/rebuild-ledger.ts';
import type { Reconciled } from '../../../lifecycle/reconcile/reconcile-plan.ts';

/** How the ledger was rebuilt from the archive files: the JSON of `firn rebuild`. */
export interface RebuildAnswer {
  readonly command: 'rebuild';
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** Ledger entries before and after. */
  readonly before: number;
  readonly after: number;
  /** Archived rows in the ledger now. */
  readonly rows: number;
  readonly steps: readonly Reconciled[];
  readonly notes: readonly string[];
  /** Why it ended before all files were looked at; null when it did not. */
  readonly stopped: string | null;
}

/** The report in the shape of Firn's JSON. @internal */
export function rebuildJson({ command, asOf, ...rest }: RebuildReport): RebuildAnswer {
  return { command, as_of: asOf, ...rest };
}
