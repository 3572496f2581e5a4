import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import type { HotStore } from '../../../src/hot/hot-store.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openSqliteDisk } from '../../../src/hot/sqlite/stats/sqlite-disk.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { addHold, removeHold } from '../../../src/lifecycle/archived/place-hold.ts';
import { rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import type { Reconciled } from '../../../src/lifecycle/reconcile/reconcile-plan.ts';
import { reclaim as reclaimDisk } from '../../../src/lifecycle/report/reclaim-space.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import type { Stopper } from '../faults/stopper.ts';
import { GROUPS } from './application.ts';
import { DAY_MS } from './tables.ts';
import type { FuzzWorld } from './world.ts';

/** The stores of one command, as the stopper lets them be used. */
export interface Opened {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

/** What a command said of how it ended. */
export interface Outcome {
  /** Nothing is left for the next run to put right. */
  readonly whole: boolean;
  /** Things that would be shown to a person as wrong. */
  readonly alarms: readonly string[];
  readonly said: string;
}

export type Command = (world: FuzzWorld, stopper: Stopper) => Promise<Outcome>;

/** Opens the stores, and closes them whatever becomes of the command: a killed process has no open files. */
export async function opened(
  world: FuzzWorld,
  stopper: Stopper,
  run: (stores: Opened) => Promise<Outcome>,
): Promise<Outcome> {
  const { clock } = world;
  await using raw = await openSqliteStore(world.database, { busyTimeoutMs: 0, monotonic: clock.monotonic });
  const archive = world.place.open(clock, stopper);
  return await run({ store: stopper.hot(raw), archive, clock });
}

/** At random: of some rows only, or ended early. */
export const archive: Command = (world, stopper) => {
  const { random } = world;
  const early = random.next() < 0.1 ? random.integer(1, 60) : Number.POSITIVE_INFINITY;
  return archiveWith(random.next() < 0.2 ? random.integer(1, 6) : null, early)(world, stopper);
};

/** @param endsAfter how often it may ask whether to stop before it is told to. */
export function archiveWith(
  olderThanDays: number | null = null,
  endsAfter: number = Number.POSITIVE_INFINITY,
): Command {
  return (world, stopper) =>
    opened(world, stopper, (stores) => runArchiveIn(world, stores, olderThanDays, endsAfter));
}

async function runArchiveIn(
  world: FuzzWorld,
  stores: Opened,
  olderThanDays: number | null,
  endsAfter: number,
): Promise<Outcome> {
  await using reader = await openSqliteReader(world.database);
  const copier = inlineCopier(reader, stores.archive);
  let asked = endsAfter;
  const report = await runArchive({ ...stores, copier }, world.policies, 'all', {
    ...(olderThanDays === null ? {} : { olderThanMs: olderThanDays * DAY_MS }),
    adopt: world.needsAdoption,
    stop: () => (--asked < 0 ? 'the fuzzer says so' : null),
  });
  const failed = report.tables.filter(({ status }) => !GOOD.has(status));
  const ended = report.warnings.filter((text) => /leases of rows restored from .* not ended/.test(text));
  const bad = alarmsIn(report.reconciled);
  const blocked = report.reconciled.filter(({ action }) => action === 'blocked');
  return {
    whole: failed.length + ended.length + bad.length + blocked.length === 0 && asked >= 0,
    alarms: bad,
    said: [
      `${report.total} rows`,
      ...failed.map(({ table, status, message }) => `${table} ${status}: ${message}`),
      ...[...ended, ...blocked.map(({ subject, reason }) => `${subject} blocked: ${reason}`)],
    ].join('; '),
  };
}

const GOOD = new Set(['archived', 'no_records']);

/** At random: of what is past its time, or of more. */
export const cleanup: Command = (world, stopper) => {
  const { random } = world;
  const olderThan = random.next() < 0.6 ? random.integer(0, 8) : null;
  return cleanupWith(olderThan, random.next() < 0.3 ? 'consolidate' : null)(world, stopper);
};

export function cleanupWith(olderThanDays: number | null, only: 'consolidate' | null): Command {
  return (world, stopper) =>
    opened(world, stopper, async (stores) => {
      world.book.mayPurge(world.nowMs, world.isHeld);
      const report = await runCleanup(stores, world.policies, {
        ...{ olderThanMs: olderThanDays === null ? null : olderThanDays * DAY_MS, only },
        adopt: world.needsAdoption,
        consent: async () => true,
      });
      const alarms = [
        ...alarmsIn(report.reconciled),
        ...report.problems.map(({ path, message }) => `${path}: ${message}`),
      ];
      const { consolidation, purge } = report;
      return {
        whole: alarms.length === 0,
        alarms,
        said: `${consolidation.segments} segments consolidated, ${purge.segments} purged`,
      };
    });
}

export const verify: Command = (world, stopper) =>
  opened(world, stopper, async (stores) => {
    const report = await runVerify(stores, { scope: 'deep' });
    return {
      whole: true,
      alarms: report.alarms.map(({ path, what }) => `${path}: ${what}`),
      said: `${report.checked.segments} segments verified`,
    };
  });

export const rebuild: Command = (world, stopper) =>
  opened(world, stopper, async (stores) => {
    const { steps, before, after } = await rebuildLedger(stores);
    const alarms = alarmsIn(steps);
    return { whole: alarms.length === 0, alarms, said: `${before} receipts, ${after} after` };
  });

export const reclaim: Command = async (world, stopper) => {
  await using disk = await openSqliteDisk(world.database, world.clock.monotonic);
  return await opened(world, stopper, async ({ store, clock }) => {
    const { freedBytes } = await reclaimDisk(stopper.disk(disk), store.ledger, clock, { full: true });
    return { whole: true, alarms: [], said: `${freedBytes} bytes given back` };
  });
};

export const hold: Command = (world, stopper) =>
  opened(world, stopper, async ({ store, archive: files, clock }) => {
    const [oldest] = world.holds;
    if (oldest !== undefined && world.random.next() < 0.6) {
      world.holds = world.holds.filter(({ id }) => id !== oldest.id);
      await removeHold(store.ledger, oldest.id);
      return { whole: true, alarms: [], said: `hold ${oldest.id} removed` };
    }
    const { name: table } = world.random.pick(world.tables);
    const grp = world.random.pick(GROUPS);
    const stores = { store, archive: files, clock };
    const conditions = [parseCondition(`grp=${grp}`)];
    const { id } = await addHold(stores, { table, conditions, reason: 'the fuzzer says so' });
    world.holds.push({ id, table, grp });
    return { whole: true, alarms: [], said: `hold ${id} of ${table} where grp=${grp}` };
  });

function alarmsIn(steps: readonly Reconciled[]): string[] {
  return steps
    .filter(({ action }) => action === 'alarm' || action === 'foreign')
    .map(({ subject, reason }) => `${subject}: ${reason}`);
}
