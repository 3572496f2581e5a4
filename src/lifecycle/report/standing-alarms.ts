import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { type AlarmState, alarmState, findingsOf } from '../reconcile/alarm-findings.ts';
import { takeInventory } from '../reconcile/inventory.ts';
import { planReconcile } from '../reconcile/plan-reconcile.ts';
import type { Inventory } from '../reconcile/reconcile-inventory.ts';
import type { PlannedStep } from '../reconcile/reconcile-plan.ts';
import { coverageOf } from '../verify/whose-archive.ts';

/** How archive, ledger and recorded alarms stand to each other, by names and sizes: no file is read. */
export interface Standing extends AlarmState {
  readonly inventory: Inventory;
  readonly steps: readonly PlannedStep[];
  /** Whether the archive is this database's. */
  readonly isOwn: boolean;
}

export async function standingOf(ledger: LedgerReader, archive: ArchiveStore): Promise<Standing> {
  const inventory = await takeInventory(ledger, archive);
  const steps = planReconcile(inventory);
  const { receipts } = inventory;
  const { isOwn, findings } = await coverageOf(ledger, archive, inventory, steps);
  const found = [...findingsOf(steps, receipts), ...findings];
  return { inventory, steps, isOwn, ...alarmState(found, await ledger.alarms(), receipts) };
}
