import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { type Sizes, setSizes, sizes } from '../../../src/model/sizes.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { type RowRun, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
const ROWS = 60;
const TABLES = ['keyed', 'loose'];
/** When all days of the table are past their warm time. */
const COLD = Date.parse('2026-05-01T00:00:00Z');

let inForce: Sizes;
beforeEach(() => {
  inForce = { ...sizes };
  setSizes({ searchedRows: 7, renderedRows: 7, restoredHotRows: 9, leaseEndRows: 9, blockBytes: 600 });
});
afterEach(() => setSizes(inForce));

function world(journal: string): LookupWorld {
  const policies = buildPolicySet(TABLES.map((table) => policyOf(table, { lookupKeys: [] })));
  return new LookupWorld(policies, (path) => {
    using db = new DatabaseSync(path);
    db.exec(`PRAGMA journal_mode = ${journal};
      CREATE TABLE keyed (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, n INTEGER); CREATE TABLE loose (ts TEXT, n INTEGER)`);
    for (let n = 0; n < ROWS; n++) {
      const ts = `2026-01-${10 + (n % 3)}T00:00:${String(n).padStart(2, '0')}Z`;
      for (const table of TABLES) db.prepare(`INSERT INTO ${table} (ts, n) VALUES (?, ?)`).run(ts, BigInt(n));
    }
  });
}

/** Places whose archive, when it is asked for something for the `at`-th time, first waits for an action to run to its end. */
function beginningAt(places: Places, at: number, action: () => Promise<void>): Places {
  let asked = 0;
  const archive = new Proxy(places.archive, {
    get: (store, member) => {
      const own = Reflect.get(store, member) as unknown;
      if (typeof own !== 'function') return own;
      if (member !== 'open' && member !== 'list') return own.bind(store);
      return async (...args: unknown[]) => {
        if (++asked === at) await action();
        return await (own as (...given: unknown[]) => Promise<unknown>).apply(store, args);
      };
    },
  });
  return { ...places, archive };
}

async function found(places: Places, table: string): Promise<number[]> {
  const numbers: number[] = [];
  const hits = search(places, everything([table]));
  for await (const hit of hits) numbers.push(Number(rowOf(hit).n));
  assert.deepEqual([hits.report.problems, hits.report.unread], [[], []]);
  return numbers.sort((a, b) => a - b);
}

async function counted(places: Places, table: string): Promise<number[]> {
  await using session = await SqlSession.open(places, everything([table]));
  const { rows, problems } = await session.run(`SELECT n FROM ${table} ORDER BY 1`);
  assert.deepEqual(problems, []);
  const numbers: number[] = [];
  for await (const piece of rows) numbers.push(...piece.map(([n]) => Number(n)));
  return numbers;
}

async function restored(some: LookupWorld, places: Places, table: string, name: string): Promise<number[]> {
  const path = join(some.folder, `${name}.db`);
  {
    await using target = openRestoreFile(path, some.database);
    const { problems } = await restoreRows(places, everything([table]), target);
    assert.deepEqual(problems, []);
  }
  using db = new DatabaseSync(path);
  const rows =
    db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) === undefined
      ? []
      : (db.prepare(`SELECT n FROM ${table} ORDER BY n`).all() as { n: number }[]);
  return rows.map(({ n }) => n);
}

const NUMBERS = Array.from({ length: ROWS }, (_, n) => n);

async function rowRun<T>(some: LookupWorld, now: number, work: (run: RowRun) => Promise<T>): Promise<T> {
  await using store = await openSqliteStore(some.database);
  await using lookup = openSqliteLookup(some.database);
  const archive = openFolder(some.archives);
  return await work({ store, lookup, archive, policies: some.policies, clock: standingClock(now) });
}

async function lease(some: LookupWorld): Promise<void> {
  await rowRun(some, SMALL_NOW, async (run) => {
    await restoreIntoHot(run, everything(TABLES), { leaseUntil: instantOfMs(SMALL_NOW + DAY) });
  });
}

/** What is done beside a reader: to a world where everything is archived, or leased. */
const RUNS: Readonly<
  Record<string, { prepare: (some: LookupWorld) => Promise<void>; run: (some: LookupWorld) => Promise<void> }>
> = {
  'restore --into hot': { prepare: async () => undefined, run: lease },
  'the end of leases': {
    prepare: lease,
    run: async (some) => some.archiveAll({}, SMALL_NOW + 2 * DAY),
  },
  'the end of leases of edited rows': {
    prepare: async (some) => {
      await lease(some);
      using db = new DatabaseSync(some.database);
      db.exec("UPDATE keyed SET ts = replace(ts, 'Z', '.000Z') WHERE n % 7 = 0");
    },
    run: async (some) => some.archiveAll({}, SMALL_NOW + 2 * DAY),
  },
  consolidation: { prepare: async () => undefined, run: async (some) => some.consolidate(COLD) },
  'consolidation of leased rows': { prepare: lease, run: async (some) => some.consolidate(COLD) },
};

for (const [name, { prepare, run }] of Object.entries(RUNS)) {
  for (const journal of name.includes('consolidation') ? ['wal'] : ['wal', 'delete']) {
    test(`beside ${name}, every row is found once wherever the run begins (journal mode ${journal})`, async () => {
      await using some = world(journal);
      await some.archiveAll();
      const edited = name.includes('edited');
      for (const at of journal === 'wal' ? [1, 2, 4] : [2]) {
        for (const [what, read] of [
          ['search', found],
          ['sql', counted],
          ['restore', (places: Places, table: string) => restored(some, places, table, `${at}-${table}`)],
        ] as const) {
          await using own = await copyOf(some);
          await prepare(own);
          for (const table of TABLES) {
            const places = beginningAt(await own.places(), at, () => run(own));
            const numbers = await read(places, table);
            const label = `${what} ${table}, begun at ${at}`;
            assert.deepEqual([...new Set(numbers)], NUMBERS, label);
            // An edited row of a key that SQLite hands out may be another row: it stands beside the archived one.
            if (!edited || what === 'restore') assert.deepEqual(numbers, NUMBERS, label);
          }
        }
      }
    });
  }
}

async function copyOf(some: LookupWorld): Promise<LookupWorld> {
  const copy = new LookupWorld(some.policies, () => undefined);
  using db = new DatabaseSync(some.database);
  db.exec(`VACUUM INTO '${copy.database}'`);
  const { journal_mode: mode } = db.prepare('PRAGMA journal_mode').get() as { journal_mode: string };
  using own = new DatabaseSync(copy.database);
  own.exec(`PRAGMA journal_mode = ${mode}`);
  rmSync(copy.archives, { recursive: true, force: true });
  cpSync(some.archives, copy.archives, { recursive: true });
  return copy;
}

test('hot rows are read of one instant, wherever a run moves rows between two reads of them', async () => {
  for (const journal of ['wal', 'delete']) {
    for (let ticks = 0; ticks < 20; ticks += 6) {
      await using some = world(journal);
      await some.archiveAll();
      await lease(some);
      const places = await some.places();
      const ended = (async (): Promise<void> => {
        for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve));
        await some.archiveAll({}, SMALL_NOW + 2 * DAY);
      })();
      assert.deepEqual(await found(places, 'keyed'), NUMBERS, `${journal}, ${ticks} ticks`);
      await ended;
    }
  }
});

test('beside an erasure every row that is not erased is found once, and no row twice', async () => {
  for (let at = 1; at <= 4; at++) {
    await using some = world('wal');
    await some.archiveAll();
    await lease(some);
    const where = [parseCondition('n<10')];
    const places = beginningAt(await some.places(), at, async () => {
      await rowRun(some, SMALL_NOW, (run) => eraseRows(run, { ...everything(['keyed']), where }));
    });
    const numbers = await found(places, 'keyed');
    assert.deepEqual([...new Set(numbers)], numbers);
    assert.deepEqual(
      numbers.filter((n) => n >= 10),
      NUMBERS.slice(10),
    );
  }
});
