import type { ArchiveStore, KeptFile } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { proveBundle } from '../../format/bundle/prove-bundle.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import { parseBundlePath, parseSegmentName } from '../../format/segment-names.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import type { AlarmFinding, AlarmKey, AlarmLog, RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError, ifThere } from '../../model/errors.ts';
import type { Stop } from '../../model/stop.ts';
import { alarmInWords, alarmState, findingOf, findingsOf, isOver, type OpenAlarm } from './alarm-findings.ts';
import type { Reconciled } from './reconcile-plan.ts';
import { checking, compare, missing, type Wrong } from './verify-receipt.ts';

/** What a changing run has, once it has reconciled. */
interface Keeping {
  readonly ledger: Ledger;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly stop?: Stop;
}

/**
 * The end of reconciling: what was found is recorded, files that an earlier run found wrong are verified once more, and what is not resolved stands
 * among the steps as an alarm, so that every command that reconciles reports it. Acknowledged alarms stand there too, as such.
 */
export async function keepAlarms(keeping: Keeping, steps: readonly Reconciled[]): Promise<Reconciled[]> {
  const { ledger } = keeping;
  const found = findingsOf(steps, await ledger.receipts());
  const before = await ledger.alarms();
  if (found.length === 0 && before.length === 0) return [...steps];
  const seen = new Set(found.map(({ subject }) => subject));
  const again = await verifyAgain(
    keeping,
    before.filter(({ subject }) => !seen.has(subject)),
  );
  const { open, acknowledged } = await note(keeping, [...found, ...again.found], again.resolved);
  const bySubject = new Map(open.map((alarm) => [alarm.subject, alarm]));
  const still = steps.filter(({ action, subject }) => action !== 'alarm' || bySubject.has(subject));
  const named = new Set(still.filter(({ action }) => action === 'alarm').map(({ subject }) => subject));
  const more = open.filter(({ subject }) => !named.has(subject));
  return [
    ...still,
    ...more.map((alarm): Reconciled => {
      const { kind, subject } = alarm;
      const step = { action: 'alarm', kind, subject, reason: alarmInWords(alarm), records: 0 } as const;
      return alarm.foundNow || alarm.firstSeen === null ? step : { ...step, since: alarm.firstSeen };
    }),
    ...acknowledged.map(({ subject, message, acknowledged: how }): Reconciled => {
      const reason = `${message} (acknowledged: ${how?.reason})`;
      return { action: 'acknowledged', subject, reason, records: 0 };
    }),
  ];
}

/**
 * Verifies files of which a run could not read a part, and records what is wrong with them.
 * @param subjects segments, or paths of bundles.
 */
export async function recordSuspects(
  keeping: Keeping,
  subjects: Iterable<string>,
): Promise<readonly OpenAlarm[]> {
  const found: AlarmFinding[] = [];
  for (const subject of new Set(subjects)) {
    const receipt = (await keeping.ledger.receipt(subject)) ?? undefined;
    const wrong = await whatIsWrong(keeping.archive, subject, receipt);
    if (wrong !== null) found.push(findingOf(subject, receipt, wrong));
  }
  if (found.length === 0) return [];
  const { open } = await note(keeping, found, []);
  const keys = new Set(found.map(({ subject }) => subject));
  return open.filter(({ subject }) => keys.has(subject));
}

/** Records files that the archive does not allow to be removed; returns those alarms that are open. */
export async function recordKept(
  keeping: Pick<Keeping, 'ledger' | 'clock'>,
  kept: readonly KeptFile[],
): Promise<readonly OpenAlarm[]> {
  if (kept.length === 0) return [];
  const found = kept.map(({ path, why }) => findingOf(path, undefined, { kind: 'kept', message: why }));
  const keys = new Set(found.map(({ subject }) => subject));
  return (await note(keeping, found, [])).open.filter(({ subject }) => keys.has(subject));
}

/** Records a run that ended with an integrity error; the next one that can reconcile resolves it. */
export async function recordFailure(log: AlarmLog, error: unknown, at: string): Promise<void> {
  if (!(error instanceof FirnError) || error.code !== 'integrity') return;
  const path = error.path ?? 'the archive';
  const finding: AlarmFinding = { kind: 'failure', subject: path, path, table: null, message: error.message };
  await log.raise([finding], at);
}

/** Records and resolves; returns how the alarms stand then. */
export async function note(
  { ledger, clock }: Pick<Keeping, 'ledger' | 'clock'>,
  found: readonly AlarmFinding[],
  resolved: readonly AlarmKey[],
): Promise<ReturnType<typeof alarmState>> {
  await ledger.resolve(resolved);
  await ledger.raise(found, isoNow(clock));
  return alarmState(found, await ledger.alarms(), await ledger.receipts());
}

async function verifyAgain(
  { ledger, archive, stop }: Keeping,
  alarms: readonly RecordedAlarm[],
): Promise<{ readonly found: AlarmFinding[]; readonly resolved: AlarmKey[] }> {
  const found: AlarmFinding[] = [];
  const resolved: AlarmKey[] = [];
  const away = await awayTiers(archive);
  for (const alarm of alarms) {
    // Its location was found to be there.
    if (alarm.kind === 'failure' || alarm.kind === 'away') resolved.push(alarm);
    if (['doubled', 'account', 'failure', 'away'].includes(alarm.kind)) continue;
    if ((stop?.() ?? null) !== null) break;
    const receipt = (await ledger.receipt(alarm.subject)) ?? undefined;
    const tier = receipt?.tier ?? (parseBundlePath(alarm.subject) === null ? 'warm' : 'cold');
    if (away.has(tier)) continue;
    const wrong = isOver(alarm, receipt) ? null : await whatIsWrong(archive, alarm.subject, receipt);
    if (wrong === null) resolved.push(alarm);
    else found.push(findingOf(alarm.subject, receipt, wrong));
  }
  return { found, resolved };
}

/** Null when every byte of a file is as it was sealed, or nothing is expected of it any more. */
async function whatIsWrong(
  archive: ArchiveStore,
  subject: string,
  receipt: Receipt | undefined,
): Promise<Wrong | null> {
  if (receipt !== undefined) {
    return await checking(async () => {
      await using stored = await openStored(archive, receipt.segment, receipt.tier);
      if (stored === null) throw missing(receipt.segment);
      compare(receipt, await provenFooter(stored.source, receipt.segment));
    });
  }
  // A file that no receipt names is found again by every look, as long as it is wrong.
  if (parseSegmentName(subject) !== null || parseBundlePath(subject) === null) return null;
  return await checking(async () => {
    // Where there is none, the receipts of its segments have alarms of their own.
    await using file = await ifThere(archive.open(subject));
    if (file !== null) await proveBundle(file, subject);
  });
}

function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
