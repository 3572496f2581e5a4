import { CATCH_UP, NOT_LISTED } from '../../archive/way-out.ts';
import { parseSegmentName, warmPath } from '../../format/segment-names.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import type { AlarmFinding } from '../../hot/recorded-alarm.ts';
import type { Recalled } from './recall.ts';
import type { Inventory } from './reconcile-inventory.ts';
import type { PlannedStep } from './reconcile-plan.ts';

/**
 * What of the archive the ledger does not cover: the database was put back to an earlier state, or files were added. The next run puts it right;
 * until then rows are missing from answers, which is an alarm. No killed run leaves this: a file has a receipt before it has its name, and
 * an unfinished rewrite stands beside what it was made from.
 */
export async function uncovered(
  ledger: Pick<LedgerReader, 'receipt'>,
  { cold }: Pick<Inventory, 'cold'>,
  steps: readonly PlannedStep[],
): Promise<AlarmFinding[]> {
  const found: AlarmFinding[] = [];
  for (const { action, subject, recalled } of steps) {
    const about = { kind: 'uncovered', subject, path: subject, table: null } as const;
    if (action === 'rename' || action === 'recover') {
      found.push({ ...about, message: `the ledger does not list its rows. ${CATCH_UP}` });
    } else if (recalled !== undefined && (await isBehind(ledger, recalled))) {
      const message = `the ledger is older than the archive: it lists segments that were purged or replaced since. ${CATCH_UP}`;
      found.push({ ...about, message });
      // A run beside this may have added its receipt after the receipts were read.
    } else if (action === 'adopt' && (await ledger.receipt(subject)) === null) {
      const path = cold.get(subject)?.bundle ?? warmPath(subject);
      const table = parseSegmentName(subject)?.table ?? null;
      found.push({ ...about, path, table, message: NOT_LISTED });
    }
  }
  return found;
}

/** Whether the ledger still takes for live what was given up; a run beside this may just have changed that. */
async function isBehind(ledger: Pick<LedgerReader, 'receipt'>, { moves }: Recalled): Promise<boolean> {
  for (const { from } of moves) {
    const state = (await ledger.receipt(from.segment))?.state;
    if (state === 'draining' || state === 'archived') return true;
  }
  return false;
}
