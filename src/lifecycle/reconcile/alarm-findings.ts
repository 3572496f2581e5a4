import { bundleOf } from '../../archive/stored-segment.ts';
import { parseWarmPath, warmPath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { type AlarmFinding, type AlarmKey, COUNTING, type RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { ReconcileStep } from './reconcile-plan.ts';

/** An open alarm, and when it was first seen: null when it was found just now and is not recorded yet. */
export interface OpenAlarm extends AlarmFinding {
  readonly firstSeen: string | null;
  /** Found by this look; else an earlier run found it and nothing resolved it since. */
  readonly foundNow: boolean;
}

export interface AlarmState {
  readonly open: readonly OpenAlarm[];
  readonly acknowledged: readonly RecordedAlarm[];
}

/**
 * Which alarms are open: the one place that decides it. What is found now, and what was found earlier and is not resolved, without what somebody
 * acknowledged. Of segments that were purged or replaced since, nothing is expected any more.
 */
export function alarmState(
  found: readonly AlarmFinding[],
  recorded: readonly RecordedAlarm[],
  receipts: readonly Receipt[],
): AlarmState {
  const known = new Map(recorded.map((alarm) => [keyOf(alarm), alarm]));
  const seen = new Set(found.map(({ subject }) => subject));
  const byName = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  const over = (alarm: RecordedAlarm): boolean => isOver(alarm, byName.get(alarm.subject));
  const now = found
    .filter((alarm) => !isAcknowledged(alarm, known.get(keyOf(alarm))))
    .map(
      (alarm): OpenAlarm => ({
        ...alarm,
        firstSeen: known.get(keyOf(alarm))?.firstSeen ?? null,
        foundNow: true,
      }),
    );
  const earlier = recorded
    // Every look finds out whether a location is there.
    .filter((alarm) => alarm.acknowledged === null && !seen.has(alarm.subject) && alarm.kind !== 'away')
    .filter((alarm) => !over(alarm))
    .map((alarm): OpenAlarm => ({ ...alarm, foundNow: false }));
  const acknowledged = recorded.filter((alarm) => alarm.acknowledged !== null && !over(alarm));
  return { open: [...now, ...earlier], acknowledged };
}

function isAcknowledged({ kind, message }: AlarmFinding, known: RecordedAlarm | undefined): boolean {
  if (known === undefined || known.acknowledged === null) return false;
  return !COUNTING.has(kind) || known.message === message;
}

/** Whether the segment was purged or replaced after it was found wrong. */
export function isOver({ lastSeen }: RecordedAlarm, receipt: Receipt | undefined): boolean {
  if (receipt?.state === 'replaced') return true;
  return (
    receipt?.state === 'purged' && (receipt.purgedAt ?? '') >= lastSeen.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length)
  );
}

/** Two findings of the same kind about the same subject are one alarm. */
export function keyOf({ kind, subject }: AlarmKey): string {
  return `${kind} ${subject}`;
}

/** What a look, or a run, found wrong with the files. */
export function findingsOf(
  steps: readonly (ReconcileStep & { readonly since?: string })[],
  receipts: readonly Receipt[],
): AlarmFinding[] {
  const known = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  return steps.flatMap((step): AlarmFinding[] => {
    if (step.action !== 'alarm' || step.since !== undefined) return [];
    const { kind, subject, reason } = step;
    return [findingOf(subject, known.get(subject), { kind, message: reason })];
  });
}

/** A finding about a file. */
export function findingOf(
  subject: string,
  receipt: Receipt | undefined,
  { kind, message }: Pick<AlarmFinding, 'kind' | 'message'>,
): AlarmFinding {
  const path = receipt === undefined ? subject : placeOf(receipt);
  return { kind, subject, path, table: receipt?.table ?? null, message };
}

/** Where a segment's bytes are: its own file, or `<bundle>:<segment>`. */
export function placeOf({ segment, tier }: Pick<Receipt, 'segment' | 'tier'>): string {
  return tier === 'warm' ? warmPath(segment) : `${bundleOf(segment)}:${segment}`;
}

/** The subject that a path of the archive stands for: the segment of a warm file or of a bundle's member, else the file itself. */
export function subjectOf(path: string): string {
  return parseWarmPath(path) ?? path.replace(/^cold\/[^:]*:/, '');
}

/** In words, with its time where an earlier run found it. */
export function alarmInWords({ message, firstSeen, foundNow }: OpenAlarm): string {
  return foundNow || firstSeen === null ? message : `${message} (found ${firstSeen}, not resolved since)`;
}
