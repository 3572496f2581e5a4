import type { ArchiveStore } from '../archive/archive-store.ts';
import { bundleOf } from '../archive/stored-segment.ts';
import { parseBundlePath } from '../format/names.ts';
import { proveBundle } from '../format/prove-bundle.ts';
import type { Receipt } from '../hot/ledger.ts';
import { beginRun, type RunStores } from './begin-run.ts';
import { KeyWatch } from './key-watch.ts';
import { chooseSample, liveReceipts } from './verify.ts';
import { placeOf } from './verify-alarms.ts';
import { type VerifyProgress, verifyBytes } from './verify-bytes.ts';
import { checking } from './verify-receipt.ts';
import { type Alarm, REMEDY, remedyFor, type VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  /** Every segment, bundle and key (deep), or the share of all bytes that was proved longest ago, 0 < share <= 1. */
  readonly scope: 'deep' | { readonly share: number };
  /** Leave out segments that were proved within this time: how an interrupted deep verify goes on. */
  readonly notProvedForMs?: number;
  readonly stop?: () => string | null;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** Reconciles, then proves bytes. Holds the run lock's stores; what it proved is remembered in the receipts. */
export async function runVerify(stores: RunStores, options: VerifyOptions): Promise<VerifyReport> {
  const { store, archive, clock } = stores;
  const { ledger } = store;
  const { stop, reconciled } = await beginRun(stores, options);
  const receipts = await ledger.receipts();
  const deep = options.scope === 'deep';
  const chosen = deep
    ? liveReceipts(receipts)
    : chooseSample(receipts, (options.scope as { share: number }).share);
  const since = new Date(clock.now() - (options.notProvedForMs ?? 0)).toISOString();
  const waiting =
    options.notProvedForMs === undefined ? chosen : chosen.filter(({ provedAt }) => (provedAt ?? '') < since);
  if (!deep) {
    return (await verifyBytes({ ledger, archive, clock }, 'sample', waiting, reconciled, options)).report;
  }
  const archived = receipts.filter(({ state }) => state === 'archived');
  const isWaiting = new Set(waiting.map(({ segment }) => segment));
  const keys = new KeyWatch(store, archived);
  const onlyForKeys = archived.filter(({ segment }) => !isWaiting.has(segment));
  const { report, proved } = await verifyBytes({ ledger, archive, clock }, 'deep', waiting, reconciled, {
    ...options,
    keys,
    onlyForKeys,
  });
  if (stop() !== null) return report;
  const inBundles = await bundleAlarms(archive, report, proved);
  const alarmed = new Set([...report.alarms, ...inBundles].map(({ path }) => path));
  const sound = archived.filter((receipt) => {
    const place = placeOf(receipt);
    return !alarmed.has(place) && !(receipt.tier === 'cold' && alarmed.has(bundleOf(receipt.segment)));
  });
  const { doubled, versions } = await keysInTwoPlaces(keys, archive, sound);
  return {
    ...report,
    alarms: [...report.alarms, ...inBundles, ...doubled],
    notes: [...report.notes, ...versions],
  };
}

/** Bundles that are alarmed already, as a whole, are not read again, nor are the digests of segments taken that were proved in them. */
async function bundleAlarms(
  archive: ArchiveStore,
  report: VerifyReport,
  proved: readonly Receipt[],
): Promise<Alarm[]> {
  const known = new Set(report.alarms.map(({ path }) => path));
  const inCold = proved.filter(({ tier }) => tier === 'cold');
  const digests = new Map(inCold.map(({ segment, digest }) => [segment, digest]));
  const alarms: Alarm[] = [];
  for (const { path } of await archive.list('cold')) {
    if (parseBundlePath(path) === null || known.has(path)) continue;
    const what = await checking(async () => {
      await using file = await archive.open(path);
      await proveBundle(file, path, digests);
    });
    if (what !== null) alarms.push({ path, table: null, what, remedy: remedyFor(what) });
  }
  return alarms;
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
      const what = `the row with the key ${key} stands in ${places.join(' and ')}`;
      return { path: places[0]!, table, what, remedy: REMEDY.doubled };
    });
  const differ = Map.groupBy(
    found.filter(({ identical }) => !identical),
    ({ table }) => table,
  );
  const versions = [...differ].map(([table, group]) => {
    return twoVersions(
      table,
      group.map(({ key }) => key),
    );
  });
  return { doubled, versions };
}

function twoVersions(table: string, keys: readonly string[]): string {
  const named = keys.slice(0, NAMED).join(', ');
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '';
  return `${table}: ${keys.length} keys stand in two versions, all of which are kept: ${named}${more}`;
}
