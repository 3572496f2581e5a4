import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runArchive, type Stores } from '../../../src/lifecycle/archive/archive-run.ts';
import { rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant, instantOfMs } from '../../../src/model/instant.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { type RowRun, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { createSmallDatabase, SMALL_NOW, SMALL_POLICIES } from '../../support/worlds/small-database.ts';

type Run = Stores & RowRun;

/** A second passes between two looks at it, so that every transaction holds the lock for a while; sleeping is written down. */
function slowClock(): Clock & { rested: number } {
  let at = 0;
  const clock = {
    rested: 0,
    now: () => SMALL_NOW + 3_600_000,
    monotonic: () => {
      at += 1_000;
      return at;
    },
    sleep: async (ms: number) => {
      clock.rested += ms;
    },
  };
  return clock;
}

async function withStores<T>(
  folder: string,
  clock: Clock,
  pace: number,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const [database, archive] = [join(folder, 'a.db'), openFolder(join(folder, 'archives'))];
  await using store = await openSqliteStore(database, { monotonic: () => clock.monotonic() });
  await using lookup = openSqliteLookup(database);
  const copier = inlineCopier(store, archive);
  return await work({ store, lookup, archive, copier, clock, pace, policies: SMALL_POLICIES });
}

/** Rests of a run that begins beside an older copy of the database: its recovery deletes the archived rows again. */
async function restsOf(t: TestContext, pace: number, work: (run: Run) => Promise<unknown>): Promise<number> {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  createSmallDatabase(join(folder, 'a.db'));
  copyFileSync(join(folder, 'a.db'), join(folder, 'older.db'));
  await withStores(folder, slowClock(), 1, (run) => runArchive(run, SMALL_POLICIES, 'all'));
  copyFileSync(join(folder, 'older.db'), join(folder, 'a.db'));
  // A copy from before the first run knows no archive: it takes the archive as its own.
  const clock = slowClock();
  await withStores(folder, clock, pace, async (run) => {
    await run.store.ledger.identify((await identityOf(run))!);
    await work(run);
    const { deleted } = (await run.store.ledger.receipts()).reduce(
      (sum, receipt) => ({ deleted: sum.deleted + receipt.deleted }),
      { deleted: 0 },
    );
    assert.ok(deleted > 0, 'the recovery deleted rows');
  });
  return clock.rested;
}

async function identityOf({ archive }: Run): Promise<string | null> {
  await using file = await archive.open('archive.json');
  return JSON.parse(Buffer.from(await file.read(0, file.bytes)).toString()).database;
}

const QUERY = { ...everything(['notes']), where: [parseCondition('id=nobody')] };

const RECOVERIES: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  archive: (run) => runArchive(run, SMALL_POLICIES, 'all'),
  cleanup: (run) => runCleanup(run, SMALL_POLICIES),
  verify: (run) => runVerify(run, { scope: 'deep' }),
  rebuild: (run) => rebuildLedger(run),
  'restore --into hot': (run) => restoreIntoHot(run, QUERY, { leaseUntil: instantOfMs(SMALL_NOW) }),
  erase: (run) => eraseRows(run, QUERY),
};

for (const [name, work] of Object.entries(RECOVERIES)) {
  test(`the recovery at the start of ${name} keeps the pace: a quarter of the time at 0.25`, async (t) => {
    assert.equal(await restsOf(t, 1, work), 0);
    const rested = await restsOf(t, 0.25, work);
    assert.ok(rested >= 9 * 1_000, `${rested} ms`);
  });
}

test('a restore that is told to stop during its recovery restores nothing, and says so', async (t) => {
  await restsOf(t, 1, async (run) => {
    let asked = 0;
    const stop = () => (++asked > 2 ? 'stop requested' : null);
    const report = await restoreIntoHot(run, QUERY, { leaseUntil: instantOfMs(SMALL_NOW), stop });
    assert.deepEqual([report.stopped, report.tables], ['stop requested', []]);
  });
});

/** Rests of work on rows that are archived, by a run that has nothing to recover. */
async function restsOfWork(
  t: TestContext,
  pace: number,
  work: (run: Run) => Promise<unknown>,
  before: (run: Run) => Promise<unknown> = async () => undefined,
): Promise<number> {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  createSmallDatabase(join(folder, 'a.db'));
  await withStores(folder, slowClock(), 1, (run) => runArchive(run, SMALL_POLICIES, 'all'));
  await withStores(folder, slowClock(), 1, before);
  const clock = slowClock();
  await withStores(folder, clock, pace, work);
  return clock.rested;
}

const ALL = everything(['notes']);
const WORK: Readonly<
  Record<
    string,
    { readonly work: (run: Run) => Promise<unknown>; readonly before?: (run: Run) => Promise<unknown> }
  >
> = {
  'restoring into hot': {
    work: (run) => restoreIntoHot(run, ALL, { leaseUntil: asInstant(SMALL_NOW * 2_000) }),
  },
  'erasing from hot': {
    work: (run) => eraseRows(run, { ...ALL, where: [parseCondition('id~note')] }),
    before: (run) => restoreIntoHot(run, ALL, { leaseUntil: asInstant(SMALL_NOW * 2_000) }),
  },
  'ending leases': {
    work: (run) => endLeasesOnly(run),
    before: (run) => restoreIntoHot(run, ALL, { leaseUntil: asInstant(SMALL_NOW * 1_000 + 3_600_000_001) }),
  },
};

/** A run with nothing due but the ends of leases. */
async function endLeasesOnly(run: Run): Promise<unknown> {
  const clock = { ...run.clock, now: () => SMALL_NOW + 7_200_000 };
  return await restoreIntoHot({ ...run, clock }, QUERY, { leaseUntil: instantOfMs(SMALL_NOW) });
}

for (const [name, { work, before }] of Object.entries(WORK)) {
  test(`${name} keeps the pace`, async (t) => {
    assert.equal(await restsOfWork(t, 1, work, before), 0);
    const rested = await restsOfWork(t, 0.25, work, before);
    assert.ok(rested >= 2_000, `${rested} ms`);
  });
}
