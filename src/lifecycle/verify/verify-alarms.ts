import { QUARANTINE } from '../../archive/archive-path.ts';
import { bundleOf } from '../../archive/stored-segment.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { AlarmFinding, RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { Clock } from '../../model/clock.ts';
import { alarmState, findingOf, findingsOf, keyOf, placeOf } from '../reconcile/alarm-findings.ts';
import { isRepair, type Reconciled } from '../reconcile/reconcile-plan.ts';
import type { Wrong } from '../reconcile/verify-receipt.ts';
import { drawUpAccounts } from './conservation.ts';
import { type Alarm, REMEDY, type VerifyDraft, type VerifyReport } from './verify-report.ts';

/** What every verification reports, whatever it read: alarms with those of accounts that do not balance. */
export function reportOn(
  mode: VerifyReport['mode'],
  clock: Clock,
  receipts: readonly Receipt[],
  alarms: readonly Alarm[],
  steps: readonly Reconciled[],
): Omit<VerifyDraft, 'checked' | 'chosen' | 'notes' | 'stopped' | 'complete'> {
  const accounts = drawUpAccounts(receipts);
  const unbalanced = accounts
    .filter(({ balanced }) => !balanced)
    .map(({ table, archived, warm, cold, purged, erased, returned }): Alarm => {
      const gone = purged + erased + returned;
      const parts = `warm (${warm}), cold (${cold}), purged (${purged}), erased (${erased}) and returned (${returned})`;
      const what = `${archived} rows were archived, but ${parts} add up to ${warm + cold + gone}`;
      const about = {
        kind: 'account',
        subject: `the receipts of ${table}`,
        path: '_firn_receipts',
        table,
      } as const;
      return { ...about, what, remedy: REMEDY.account };
    });
  return {
    ...{
      command: 'verify',
      mode,
      asOf: new Date(clock.now()).toISOString(),
      archivesOnly: false,
      skipped: 0,
    },
    alarms: [...alarms, ...unbalanced],
    unfinished: steps.filter(isRepair),
    accounts,
  };
}

/** The report in the light of the alarms that are recorded: acknowledged ones are none, and unresolved ones stand beside what was found now. */
export function withRecorded(
  draft: VerifyDraft,
  recorded: readonly RecordedAlarm[],
  receipts: readonly Receipt[],
): VerifyReport {
  const { open, acknowledged } = alarmState(findings(draft.alarms), recorded, receipts);
  const stays = new Set(open.map(keyOf));
  return {
    ...draft,
    alarms: draft.alarms.filter((alarm) => stays.has(keyOf(alarm))),
    earlier: open.filter(({ foundNow }) => !foundNow),
    acknowledged,
  };
}

/** The report on these files alone; what is wrong elsewhere is a note. */
export function reportOnFiles(
  report: VerifyReport,
  { segments, bundles }: { readonly segments: readonly Receipt[]; readonly bundles: ReadonlySet<string> },
): VerifyReport {
  const own = new Set([...segments.flatMap((one) => [one.segment, placeOf(one)]), ...bundles]);
  const isOwn = ({ kind, subject, path }: Pick<AlarmFinding, 'kind' | 'subject' | 'path'>): boolean =>
    kind === 'away' || own.has(subject) || own.has(path);
  const [alarms, earlier] = [report.alarms.filter(isOwn), report.earlier.filter(isOwn)];
  const others = report.alarms.length + report.earlier.length - alarms.length - earlier.length;
  const note = `${others === 1 ? '1 other alarm is' : `${others} other alarms are`} open. Run firn status to see ${others === 1 ? 'it' : 'them'}.`;
  return {
    ...{ ...report, alarms, earlier, acknowledged: report.acknowledged.filter(isOwn), accounts: [] },
    notes: others === 0 ? [] : [note],
  };
}

/** The alarms as the ledger records them: one for all doubled rows of a table. */
export function findings(alarms: readonly Alarm[]): AlarmFinding[] {
  const counts = new Map<string, number>();
  for (const alarm of alarms) counts.set(keyOf(alarm), (counts.get(keyOf(alarm)) ?? 0) + 1);
  return [...new Map(alarms.map((alarm) => [keyOf(alarm), alarm])).values()].map(
    ({ kind, subject, path, table, what }): AlarmFinding => {
      const count = counts.get(keyOf({ kind, subject }))!;
      const message = count > 1 ? `${count} alarms of this kind. One of them: ${what}` : what;
      return { kind, subject, path, table, message };
    },
  );
}

/** Alarms that reconciling, or its plan, has raised. */
export function alarmsOf(steps: readonly Reconciled[], receipts: readonly Receipt[]): Alarm[] {
  return findingsOf(steps, receipts).map(toAlarm);
}

export function damageAlarm(receipt: Receipt, what: Wrong): Alarm {
  return toAlarm(findingOf(receipt.segment, receipt, what));
}

export function bundleAlarm(path: string, what: Wrong): Alarm {
  return toAlarm(findingOf(path, undefined, what));
}

/** What can be done about a problem. */
export function toAlarm({ message, ...finding }: AlarmFinding): Alarm {
  const isSetAside = finding.kind !== 'uncovered' && finding.path.startsWith(`${QUARANTINE}/`);
  return { ...finding, what: message, remedy: isSetAside ? REMEDY.quarantined : REMEDY[finding.kind] };
}

export function bundlesOf(receipts: readonly Receipt[]): number {
  return new Set(receipts.filter(({ tier }) => tier === 'cold').map(({ segment }) => bundleOf(segment))).size;
}

export function rowsOf(receipts: readonly Pick<Receipt, 'rows'>[]): number {
  return receipts.reduce((sum, { rows }) => sum + rows, 0);
}

export function bytesOf(receipts: readonly Pick<Receipt, 'bytes'>[]): number {
  return receipts.reduce((sum, { bytes }) => sum + bytes, 0);
}
