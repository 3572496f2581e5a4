import { parseSegmentName } from '../../format/segment-names.ts';
import { foldWord } from '../../model/names.ts';
import type { TablePlan } from '../../model/policy/archive-plan.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { plannedReport, type TableReport } from './archive-report.ts';

/** Tables (names folded) of which an earlier segment could not be drained, and why: archiving them now would copy its rows again. */
export function blockedTables(reconciled: readonly Reconciled[]): ReadonlyMap<string, string> {
  const blocked = new Map<string, string>();
  for (const { action, subject, reason } of reconciled) {
    const name = action === 'blocked' ? parseSegmentName(subject) : null;
    if (name !== null)
      blocked.set(
        foldWord(name.table),
        `cannot delete the archived rows of ${subject} from the database: ${reason}`,
      );
  }
  return blocked;
}

export function blockedReport(plan: TablePlan, why: string): TableReport {
  return { ...plannedReport(plan), status: 'error', records: 0, message: why };
}
