import { bundleOf } from '../archive/stored-segment.ts';
import { warmPath } from '../format/names.ts';
import type { Receipt } from '../hot/ledger.ts';
import type { Clock } from '../model/clock.ts';
import { drawUpAccounts } from './conservation.ts';
import type { Reconciled } from './reconcile-plan.ts';
import { type Alarm, REMEDY, remedyFor, type VerifyReport } from './verify-report.ts';

/** What every proof reports, whatever it read: alarms with those of accounts that do not balance. */
export function reportOn(
  mode: VerifyReport['mode'],
  clock: Clock,
  receipts: readonly Receipt[],
  alarms: readonly Alarm[],
  notes: readonly string[],
): Omit<VerifyReport, 'checked' | 'unfinished'> {
  const accounts = drawUpAccounts(receipts);
  const unbalanced = accounts
    .filter(({ balanced }) => !balanced)
    .map(({ table, archived, warm, cold, purged }): Alarm => {
      const what = `${archived} rows left hot, but warm (${warm}), cold (${cold}) and purged (${purged}) make ${warm + cold + purged}`;
      return { path: '_firn_receipts', table, what, remedy: REMEDY.account };
    });
  const asOf = new Date(clock.now()).toISOString();
  return { command: 'verify', mode, asOf, alarms: [...alarms, ...unbalanced], notes, accounts };
}

/** Alarms that reconciling, or its plan, has raised. */
export function alarmsOf(steps: readonly Reconciled[], receipts: readonly Receipt[]): Alarm[] {
  const known = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  return steps
    .filter(({ action }) => action === 'alarm')
    .map(({ subject, reason }) => {
      const receipt = known.get(subject);
      const path = receipt === undefined ? subject : placeOf(receipt);
      return { path, table: receipt?.table ?? null, what: reason, remedy: remedyFor(reason) };
    });
}

export function damageAlarm(receipt: Receipt, what: string): Alarm {
  return { path: placeOf(receipt), table: receipt.table, what, remedy: remedyFor(what) };
}

/** Where a segment's bytes are: its own file, or `<bundle>:<segment>`. */
export function placeOf({ segment, tier }: Receipt): string {
  return tier === 'warm' ? warmPath(segment) : `${bundleOf(segment)}:${segment}`;
}

export function bundlesOf(receipts: readonly Receipt[]): number {
  return new Set(receipts.filter(({ tier }) => tier === 'cold').map(({ segment }) => bundleOf(segment))).size;
}

export function rowsOf(receipts: readonly Receipt[]): number {
  return receipts.reduce((sum, { rows }) => sum + rows, 0);
}
