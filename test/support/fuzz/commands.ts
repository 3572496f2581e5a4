import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder.ts';
import type { HotStore } from '../../../src/hot/hot-store.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/open-lookup.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup.ts';
import { inlineCopier } from '../../../src/lifecycle/copy.ts';
import { addHold, removeHold } from '../../../src/lifecycle/holds.ts';
import { rebuildLedger } from '../../../src/lifecycle/rebuild.ts';
import type { Reconciled } from '../../../src/lifecycle/reconcile-plan.ts';
import { runArchive } from '../../../src/lifecycle/run.ts';
import { runVerify } from '../../../src/lifecycle/verify-run.ts';
import { everything, type Query } from '../../../src/lookup/query.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { eraseRows } from '../../../src/operate/erase.ts';
import { type RowRun, restoreIntoHot } from '../../../src/operate/row-run.ts';
import type { Stopper } from '../faults/stopper.ts';
import { GROUPS } from './application.ts';
import { DAY_MS } from './tables.ts';
import type { FuzzWorld } from './world.ts';

/** The stores of one command, as the stopper lets them be used. */
interface Opened {
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
async function opened(
  world: FuzzWorld,
  stopper: Stopper,
  run: (stores: Opened) => Promise<Outcome>,
): Promise<Outcome> {
  const { clock } = world;
  await using raw = await openSqliteStore(world.database, { busyTimeoutMs: 0, monotonic: clock.monotonic });
  const archive = openFolder(world.archivePath(), stopper.fileSystem(world.disk));
  return await run({ store: stopper.hot(raw), archive, clock });
}

export const archive: Command = (world, stopper) =>
  opened(world, stopper, async (stores) => {
    const { random, policies } = world;
    await using reader = await openSqliteReader(world.database);
    const copier = inlineCopier(reader, stores.archive);
    let asked = random.next() < 0.1 ? random.integer(1, 60) : Number.POSITIVE_INFINITY;
    const report = await runArchive({ ...stores, copier }, policies, 'all', {
      ...(random.next() < 0.2 ? { olderThanMs: random.integer(1, 6) * DAY_MS } : {}),
      adopt: world.needsAdoption,
      stop: () => (--asked < 0 ? 'the fuzzer says so' : null),
    });
    const failed = report.tables.filter(({ status }) => !GOOD.has(status));
    const ended = report.warnings.filter((text) => /the leases of rows restored/.test(text));
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
  });

const GOOD = new Set(['archived', 'no_records']);

export const cleanup: Command = (world, stopper) =>
  opened(world, stopper, async (stores) => {
    const { random } = world;
    world.book.mayPurge(world.nowMs, world.isHeld);
    const report = await runCleanup(stores, world.policies, {
      ...(random.next() < 0.6 ? { olderThanMs: random.integer(0, 8) * DAY_MS } : {}),
      ...(random.next() < 0.3 ? { only: 'consolidate' as const } : {}),
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

export const restore: Command = async (world, stopper) => {
  const query = anyQuery(world);
  const until = world.nowMs + world.random.integer(1, 15) * DAY_MS;
  try {
    return await rowRun(world, stopper, async (run) => {
      const report = await restoreIntoHot(run, query, { leaseUntil: until * 1000 });
      const inserted = report.tables.reduce((sum, { inserted: rows }) => sum + rows, 0);
      const problems = report.problems.map(({ path, why }) => `${path}: ${why}`);
      return { whole: true, alarms: problems, said: `${inserted} rows restored where ${inWords(query)}` };
    });
  } finally {
    await lease(world, until);
  }
};

/** Rows that stand in hot and in the archive now are leased. */
async function lease(world: FuzzWorld, until: number): Promise<void> {
  const places = Map.groupBy(await world.found(), ({ uid }) => uid);
  for (const [uid, found] of places) {
    const entry = world.book.entries.get(uid);
    if (entry !== undefined && found.length > 1) {
      entry.leasedUntil = Math.max(until, entry.leasedUntil ?? 0);
      for (const { content } of found) entry.contents.add(content);
    }
  }
}

export const erase: Command = (world, stopper) => {
  const query = anyQuery(world);
  const { book } = world;
  const matching = [...book.entries.values()].filter(
    ({ table, grp }) => query.tables.includes(table) && grp === query.where[0]!.value,
  );
  return rowRun(world, stopper, async (run) => {
    for (const entry of matching) {
      entry.erasing = true;
      if (entry.presence === 'must') entry.presence = 'may';
    }
    let report: Awaited<ReturnType<typeof eraseRows>>;
    try {
      report = await eraseRows(run, query);
    } catch (error) {
      if (!(error instanceof FirnError) || !/^hold \d/.test(error.message)) throw error;
      for (const entry of matching) entry.erasing = false;
      return { whole: true, alarms: [], said: `erasure refused: ${error.message}` };
    }
    const whole = report.left.length + report.plan.problems.length === 0;
    if (whole) {
      for (const entry of matching) {
        // An application may have written it, or let it be restored, while the erasure ran.
        entry.presence = world.disturbed ? 'may' : 'never';
      }
    }
    const rows = `${report.hot} hot, ${report.warm} warm, ${report.cold} cold rows`;
    return {
      whole,
      alarms: report.left.map(({ why }) => why),
      said: `${rows} erased where ${inWords(query)}`,
    };
  });
};

async function rowRun(
  world: FuzzWorld,
  stopper: Stopper,
  action: (run: RowRun) => Promise<Outcome>,
): Promise<Outcome> {
  return await opened(world, stopper, async (stores) => {
    await using lookup = openSqliteLookup(world.database);
    return await action({ ...stores, lookup, policies: world.policies });
  });
}

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

/** One group, of all tables or of one. */
function anyQuery({ random, tables }: FuzzWorld): Query {
  const names = tables.map(({ name }) => name);
  const some = random.next() < 0.5 ? names : [random.pick(names)];
  return { ...everything(some), where: [parseCondition(`grp=${random.pick(GROUPS)}`)] };
}

function inWords({ tables, where }: Query): string {
  return `grp=${String(where[0]!.value)} in ${tables.join(', ')}`;
}

function alarmsIn(steps: readonly Reconciled[]): string[] {
  return steps
    .filter(({ action }) => action === 'alarm' || action === 'foreign')
    .map(({ subject, reason }) => `${subject}: ${reason}`);
}
