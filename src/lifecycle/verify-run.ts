import type { ArchiveStore } from '../archive/archive-store.ts';
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
  return {
    ...report,
    alarms: [...report.alarms, ...(await bundleAlarms(archive)), ...(await doubleAlarms(stores, report))],
  };
}

async function bundleAlarms(archive: ArchiveStore): Promise<Alarm[]> {
  const alarms: Alarm[] = [];
  for (const { path } of await archive.list('cold')) {
    if (!path.endsWith('.tar.gz')) continue;
    await using file = await archive.open(path);
    try {
      await proveBundle(file, path);
    } catch (error) {
      if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
      alarms.push({ path, table: null, what: error.message, remedy: REMEDY.damaged });
    }
  }
  return alarms;
}

/** Keys in two places; segments that could not be read have their alarm already. */
async function doubleAlarms(
  { store, archive }: { readonly store: HotStore; readonly archive: ArchiveStore },
  report: VerifyReport,
): Promise<Alarm[]> {
  const alarmed = new Set(report.alarms.map(({ path }) => path));
  const sound = liveReceipts(await store.ledger.receipts()).filter(
    ({ segment }) => ![...alarmed].some((path) => path.endsWith(segment)),
  );
  const alarms: Alarm[] = [];
  for (const [table, receipts] of Map.groupBy(sound, (receipt) => receipt.table)) {
    for (const { key, places, identical } of await findDoubles(store, archive, table, receipts)) {
      if (!identical) continue;
      const what = `the row with the key ${key} stands in ${places.join(' and ')}`;
      alarms.push({ path: places.at(-1)!, table, what, remedy: REMEDY.doubled });
    }
  }
  return alarms;
}
