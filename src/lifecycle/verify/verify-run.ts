import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { frozenBundles } from '../../archive/bucket/frozen-bundles.ts';
import { bundleFiles } from '../../archive/listed-files.ts';
import { bundleOf } from '../../archive/stored-segment.ts';
import { proveBundle } from '../../format/bundle/prove-bundle.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import { type AlarmKey, COUNTING } from '../../hot/recorded-alarm.ts';
import type { Clock } from '../../model/clock.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { neverStop, type Stop, unlessStopped } from '../../model/stop.ts';
import { beginRun, type RunStores } from '../begin/begin-run.ts';
import { keyOf, placeOf } from '../reconcile/alarm-findings.ts';
import { note } from '../reconcile/keep-alarms.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { checking } from '../reconcile/verify-receipt.ts';
import { KeyWatch } from './key-watch.ts';
import { keylessAlarms } from './keyless-alarms.ts';
import { bundleAlarm, findings, reportOnFiles, withRecorded } from './verify-alarms.ts';
import { type VerifyProgress, verifyBytes } from './verify-bytes.ts';
import { notReached, notThawed } from './verify-notes.ts';
import { type ChosenFiles, chooseSample, chosenFiles, liveReceipts } from './verify-quick.ts';
import { type Alarm, REMEDY, type VerifyDraft, type VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  /**
   * Every segment, bundle and key (deep), the share of all bytes that was proved longest ago (0 < share <= 1), or files by their names
   * (see `chosenFiles`).
   */
  readonly scope: 'deep' | { readonly share: number } | { readonly files: readonly string[] };
  /** Leave out segments that were proved within this time: how an interrupted deep verify goes on. */
  readonly notProvedForMs?: Milliseconds;
  readonly stop?: Stop;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** Reconciles, then proves bytes. Holds the run lock's stores; what it proved is remembered in the receipts, what it found in the alarms. */
export async function runVerify(stores: RunStores, options: VerifyOptions): Promise<VerifyReport> {
  const { store, clock } = stores;
  const { ledger } = store;
  const { stop = neverStop } = options;
  // Where a stop ended it, nothing will be read either.
  const begun = (await unlessStopped(stop, () => beginRun(stores, { stop }))) ?? {
    reconciled: [],
    notes: [],
  };
  const reconciled = begun.reconciled.filter(({ since }) => since === undefined);
  const receipts = await ledger.receipts();
  const { scope } = options;
  const files =
    typeof scope === 'object' && 'files' in scope ? chosenFiles(liveReceipts(receipts), scope.files) : null;
  const away = await awayTiers(stores.archive);
  const frozen = await frozenBundles(stores.archive);
  const isThere = ({ tier }: Receipt): boolean => !away.has(tier);
  const isHere = (one: Receipt): boolean =>
    isThere(one) && !(one.tier === 'cold' && frozen.has(bundleOf(one.segment)));
  const wanted = files?.segments ?? liveReceipts(receipts);
  const unreached = wanted.filter((one) => !isThere(one)).length;
  const asleep = wanted.filter((one) => isThere(one) && !isHere(one)).length;
  const { draft: read, proved } =
    files !== null
      ? await verifyFiles(stores, { ...files, segments: files.segments.filter(isHere) }, reconciled, {
          ...options,
          frozen,
        })
      : typeof scope === 'object' && 'share' in scope
        ? await verifySample(stores, receipts.filter(isHere), reconciled, scope.share, options)
        : await verifyDeep(stores, receipts, reconciled, { ...options, isHere, frozen });
  const draft = unreached + asleep === 0 ? read : { ...read, complete: false };
  const resolved = await resolvedBy(ledger, draft, proved);
  await note({ ledger, clock }, findings(draft.alarms), resolved);
  const notes = [...begun.notes, ...draft.notes, ...notReached(unreached), ...notThawed(asleep)];
  const report = withRecorded({ ...draft, notes }, await ledger.alarms(), await ledger.receipts());
  return files === null ? report : reportOnFiles(report, files);
}

/** Bundles that have to be thawed first. */
interface Frozen {
  readonly frozen: ReadonlySet<string>;
}

/** What was proved: segments, and paths of bundles. */
interface Verified {
  readonly draft: VerifyDraft;
  readonly proved: ReadonlySet<string>;
}

async function verifyFiles(
  { store: { ledger }, archive, clock }: RunStores,
  { segments, bundles }: ChosenFiles,
  reconciled: readonly Reconciled[],
  options: VerifyOptions & Frozen,
): Promise<Verified> {
  const read = await verifyBytes({ ledger, archive, clock }, 'files', segments, reconciled, options);
  const { stop = neverStop } = options;
  const isWanted = (path: string): boolean => bundles.has(path) && !options.frozen.has(path);
  const whole = await verifyBundles(archive, read.draft, read.proved, stop, isWanted);
  const { stopped } = whole;
  return {
    draft: {
      ...read.draft,
      ...{ alarms: [...read.draft.alarms, ...whole.alarms], stopped, complete: stopped === null },
    },
    proved: new Set([...read.proved.map(({ segment }) => segment), ...whole.proved]),
  };
}

async function verifySample(
  { store: { ledger }, archive, clock }: RunStores,
  receipts: readonly Receipt[],
  reconciled: readonly Reconciled[],
  share: number,
  options: VerifyOptions,
): Promise<Verified> {
  const { waiting, skipped } = leaveOut(chooseSample(receipts, share), clock, options);
  const { draft, proved } = await verifyBytes(
    { ledger, archive, clock },
    'sample',
    waiting,
    reconciled,
    options,
  );
  return { draft: { ...draft, skipped }, proved: new Set(proved.map(({ segment }) => segment)) };
}

async function verifyDeep(
  { store, archive, clock }: RunStores,
  receipts: readonly Receipt[],
  reconciled: readonly Reconciled[],
  options: VerifyOptions & Frozen & { readonly isHere: (receipt: Receipt) => boolean },
): Promise<Verified> {
  const { ledger } = store;
  const stop = options.stop ?? neverStop;
  const here = receipts.filter(options.isHere);
  const { waiting, skipped } = leaveOut(liveReceipts(here), clock, options);
  const archived = here.filter(({ state }) => state === 'archived');
  const isWaiting = new Set(waiting.map(({ segment }) => segment));
  const keys = new KeyWatch(store, archived);
  const onlyForKeys = archived.filter(({ segment }) => !isWaiting.has(segment));
  const read = await verifyBytes({ ledger, archive, clock }, 'deep', waiting, reconciled, {
    ...options,
    keys,
    onlyForKeys,
  });
  const segments = read.proved.map(({ segment }) => segment);
  const isAwake = (path: string): boolean => !options.frozen.has(path);
  const inBundles = await verifyBundles(archive, read.draft, read.proved, stop, isAwake);
  const alarms = [...read.draft.alarms, ...inBundles.alarms];
  const draft: VerifyDraft = {
    ...{ ...read.draft, skipped, alarms },
    checked: { ...read.draft.checked, bundles: inBundles.proved.length },
  };
  const proved = new Set([...segments, ...inBundles.proved]);
  const stopped = read.draft.stopped ?? inBundles.stopped;
  if (stopped !== null) {
    const where = read.draft.complete
      ? 'before all bundles and keys were compared'
      : 'before bundles and keys were compared';
    const notes = [...draft.notes, `stopped ${where}`];
    return { draft: { ...draft, notes, stopped, complete: false }, proved };
  }
  const alarmed = new Set(alarms.map(({ path }) => path));
  const sound = archived.filter((receipt) => {
    const place = placeOf(receipt);
    return !alarmed.has(place) && !(receipt.tier === 'cold' && alarmed.has(bundleOf(receipt.segment)));
  });
  const { doubled, versions } = await keysInTwoPlaces(keys, archive, sound);
  const keyless = await keylessAlarms(store, archive, sound, receipts);
  return {
    draft: {
      ...draft,
      alarms: [...alarms, ...doubled, ...keyless.doubled],
      notes: [...draft.notes, ...versions, ...keyless.alike, ...keys.unread.map(notCompared)],
    },
    proved,
  };
}

function notCompared({ table, why }: { readonly table: string; readonly why: string }): string {
  return `${table}: its archived keys were not compared with the database, because the database rows cannot be read: ${why}`;
}

/** Without the segments that were proved a short while ago. */
function leaveOut(
  chosen: readonly Receipt[],
  clock: Clock,
  { notProvedForMs }: VerifyOptions,
): { readonly waiting: readonly Receipt[]; readonly skipped: number } {
  if (notProvedForMs === undefined) return { waiting: chosen, skipped: 0 };
  const since = new Date(clock.now() - notProvedForMs).toISOString();
  const waiting = chosen.filter(({ provedAt }) => (provedAt ?? '') < since);
  return { waiting, skipped: chosen.length - waiting.length };
}

/** The recorded alarms whose subjects were proved now. Rows in two places and accounts are looked at by a complete deep verification. */
async function resolvedBy(
  ledger: Ledger,
  { mode, complete, alarms }: VerifyDraft,
  proved: ReadonlySet<string>,
): Promise<AlarmKey[]> {
  const found = new Set(alarms.map(keyOf));
  const whole = mode === 'deep' && complete;
  return (await ledger.alarms()).filter((alarm) => {
    if (found.has(keyOf(alarm))) return false;
    return COUNTING.has(alarm.kind) ? whole : proved.has(alarm.subject);
  });
}

/** Bundles that are alarmed already, as a whole, are not read again, nor are the digests of segments taken that were proved in them. */
async function verifyBundles(
  archive: ArchiveStore,
  draft: VerifyDraft,
  proved: readonly Receipt[],
  stop: Stop,
  isWanted: (path: string) => boolean,
): Promise<{ readonly alarms: Alarm[]; readonly proved: string[]; readonly stopped: string | null }> {
  const known = new Set(draft.alarms.map(({ path }) => path));
  const inCold = proved.filter(({ tier }) => tier === 'cold');
  const digests = new Map(inCold.map(({ segment, digest }) => [segment, digest]));
  const alarms: Alarm[] = [];
  const whole: string[] = [];
  const isAway = (await awayTiers(archive)).has('cold');
  for (const { path } of draft.complete && !isAway ? await bundleFiles(archive) : []) {
    if (known.has(path) || !isWanted(path)) continue;
    const stopped = stop();
    if (stopped !== null) return { alarms, proved: whole, stopped };
    const what = await checking(async () => {
      await using file = await archive.open(path);
      await proveBundle(file, path, digests);
    });
    if (what === null) whole.push(path);
    else alarms.push(bundleAlarm(path, what));
  }
  return { alarms, proved: whole, stopped: draft.complete ? stop() : draft.stopped };
}

/** Keys that are named, of those that stand in two versions. */
const NAMED = 3;

/** Keys in two places, in segments that could be read: the others have their alarm already. */
async function keysInTwoPlaces(
  keys: KeyWatch,
  archive: ArchiveStore,
  sound: readonly Receipt[],
): Promise<{ readonly doubled: Alarm[]; readonly versions: string[] }> {
  const found = await keys.find(archive, sound);
  const doubled = found
    .filter(({ identical }) => identical)
    .map(({ table, key, places }): Alarm => {
      const what = `the row with the key ${key} is in ${places.join(' and ')}`;
      const about = {
        kind: 'doubled',
        subject: `doubled rows of ${table}`,
        path: places[0]!,
        table,
      } as const;
      return { ...about, what, remedy: REMEDY.doubled };
    });
  const differ = Map.groupBy(
    found.filter(({ identical, leased }) => !identical && !leased),
    ({ table }) => table,
  );
  const lent = Map.groupBy(
    found.filter(({ identical, leased }) => !identical && leased),
    ({ table }) => table,
  );
  const versions = [...differ].map(([table, group]) => {
    return twoVersions(
      table,
      group.map(({ key }) => key),
    );
  });
  const onLease = [...lent].map(
    ([table, group]) =>
      `${table}: ${group.length} restored rows are in the database (with a lease) and in their segment`,
  );
  return { doubled, versions: [...versions, ...onLease] };
}

function twoVersions(table: string, keys: readonly string[]): string {
  const named = keys.slice(0, NAMED).join(', ');
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '';
  return `${table}: ${keys.length === 1 ? '1 key has' : `${keys.length} keys have`} a database row and an archived row with different values; both are kept: ${named}${more}`;
}
