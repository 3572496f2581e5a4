import type { ArchiveStore } from '../archive/archive-store.ts';
import { bundlePath, parseBundlePath, warmPath } from '../format/names.ts';
import { proveBundle } from '../format/prove-bundle.ts';
import type { HotStore } from '../hot/hot-store.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import { findDoubles } from './doubles.ts';
import { Pacer } from './pacer.ts';
import { pair } from './pairing.ts';
import { reconcile } from './reconcile.ts';
import { chooseSample, liveReceipts, type VerifyProgress, verifyBytes } from './verify.ts';
import { type Alarm, REMEDY, type VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  /** Every segment, bundle and key (deep), or the share of all bytes that was proved longest ago, 0 < share <= 1. */
  readonly scope: 'deep' | { readonly share: number };
  /** Leave out segments that were proved within this time: how an interrupted deep verify goes on. */
  readonly notProvedForMs?: number;
  readonly stop?: () => string | null;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** Reconciles, then proves bytes. Holds the run lock's stores; what it proved is remembered in the receipts. */
export async function runVerify(
  stores: { readonly store: HotStore; readonly archive: ArchiveStore; readonly clock: Clock },
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { store, archive, clock } = stores;
  const { ledger } = store;
  const stop = options.stop ?? ((): null => null);
  await pair(ledger, archive, clock.now() * 1000, false);
  const context = { store, clock, pacer: new Pacer(clock), stop, onDrained: () => undefined };
  const reconciled = await reconcile(context, archive);
  const receipts = await ledger.receipts();
  const deep = options.scope === 'deep';
  const chosen = deep
    ? liveReceipts(receipts)
    : chooseSample(receipts, (options.scope as { share: number }).share);
  const since = new Date(clock.now() - (options.notProvedForMs ?? 0)).toISOString();
  const waiting =
    options.notProvedForMs === undefined ? chosen : chosen.filter(({ provedAt }) => (provedAt ?? '') < since);
  const report = await verifyBytes(
    { ledger, archive, clock },
    deep ? 'deep' : 'sample',
    waiting,
    reconciled,
    options,
  );
  if (!deep || stop() !== null) return report;
  const inBundles = await bundleAlarms(archive, report);
  const { doubled, versions } = await keysInTwoPlaces(stores, report);
  return {
    ...report,
    alarms: [...report.alarms, ...inBundles, ...doubled],
    notes: [...report.notes, ...versions],
  };
}

/** Bundles that are alarmed already, as a whole, are not read again. */
async function bundleAlarms(archive: ArchiveStore, report: VerifyReport): Promise<Alarm[]> {
  const known = new Set(report.alarms.map(({ path }) => path));
  const alarms: Alarm[] = [];
  for (const { path } of await archive.list('cold')) {
    if (parseBundlePath(path) === null || known.has(path)) continue;
    try {
      await using file = await archive.open(path);
      await proveBundle(file, path);
    } catch (error) {
      if (!(error instanceof FirnError) || (error.code !== 'integrity' && error.code !== 'io')) throw error;
      alarms.push({ path, table: null, what: error.message, remedy: REMEDY.damaged });
    }
  }
  return alarms;
}

/** Keys that are named, of those that stand in two versions. */
const NAMED = 3;

/** Keys in two places, in segments that could be read: the others have their alarm already. */
async function keysInTwoPlaces(
  { store, archive }: { readonly store: HotStore; readonly archive: ArchiveStore },
  report: VerifyReport,
): Promise<{ readonly doubled: Alarm[]; readonly versions: string[] }> {
  const alarmed = new Set(report.alarms.map(({ path }) => path));
  const sound = liveReceipts(await store.ledger.receipts()).filter((receipt) => {
    const { segment, tier } = receipt;
    const bundle = bundlePath(segment.slice(0, 'YYYY-MM'.length));
    const paths = tier === 'warm' ? [warmPath(segment)] : [bundle, `${bundle}:${segment}`];
    return receipt.state === 'archived' && !paths.some((path) => alarmed.has(path));
  });
  const doubled: Alarm[] = [];
  const versions: string[] = [];
  for (const [table, receipts] of Map.groupBy(sound, (receipt) => receipt.table)) {
    const found = await findDoubles(store, archive, table, receipts);
    for (const { key, places } of found.filter(({ identical }) => identical)) {
      const what = `the row with the key ${key} stands in ${places.join(' and ')}`;
      doubled.push({ path: places[0]!, table, what, remedy: REMEDY.doubled });
    }
    const differ = found.filter(({ identical }) => !identical).map(({ key }) => key);
    if (differ.length > 0) versions.push(twoVersions(table, differ));
  }
  return { doubled, versions };
}

function twoVersions(table: string, keys: readonly string[]): string {
  const named = keys.slice(0, NAMED).join(', ');
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : '';
  return `${table}: ${keys.length} keys stand in two versions, all of which are kept: ${named}${more}`;
}
