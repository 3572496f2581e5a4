import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { type RebuildReport, rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { setSizes, sizes } from '../../../src/model/sizes.ts';
import type { Stop } from '../../../src/model/stop.ts';
import { type EraseReport, eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_POLICIES } from '../../support/worlds/small-database.ts';

/** Every row of the table that is in the database or in an archive file. */
const QUERY = { ...everything(['notes']), where: [parseCondition('id~note')] };

/** A prepared database and archive in a folder of its own. */
class Copy {
  readonly #folder = volatileFolder();

  constructor(prepared: string) {
    cpSync(prepared, this.#folder, { recursive: true });
  }

  get database(): string {
    return join(this.#folder, 'data.db');
  }

  get archive() {
    return openFolder(join(this.#folder, 'archives'));
  }

  async erase(stop?: Stop): Promise<EraseReport> {
    await using store = await openSqliteStore(this.database);
    await using lookup = openSqliteLookup(this.database);
    const run = { store, lookup, archive: this.archive, policies: SMALL_POLICIES, clock: standingClock() };
    return await eraseRows(run, QUERY, { stop });
  }

  async rebuild(stop?: Stop): Promise<RebuildReport> {
    await using store = await openSqliteStore(this.database);
    const stores = { store, archive: this.archive, clock: standingClock() };
    return await rebuildLedger(stores, stop === undefined ? {} : { stop });
  }

  /** Rows that a search finds. Nothing may be wrong with the archive. */
  async rows(): Promise<number> {
    await using store = await openSqliteStore(this.database);
    await using lookup = openSqliteLookup(this.database);
    const { archive } = this;
    const verified = await runVerify({ store, archive, clock: standingClock() }, { scope: 'deep' });
    assert.deepEqual(verified.alarms, []);
    let rows = 0;
    const places = {
      hot: { reader: store, lookup },
      archive,
      dialect: store.dialect,
      policies: SMALL_POLICIES,
    };
    for await (const _ of search(places, QUERY)) rows++;
    return rows;
  }
}

/** Stops at the nth question; `asked` counts them. */
function stopAfter(most: number): { readonly stop: Stop; readonly asked: () => number } {
  let asked = 0;
  return { stop: () => (++asked > most ? 'stop requested' : null), asked: () => asked };
}

async function prepare(t: TestContext): Promise<LookupWorld> {
  const world = new LookupWorld();
  t.after(() => world[Symbol.asyncDispose]());
  await world.archiveAll();
  using db = new DatabaseSync(world.database);
  db.exec(
    "INSERT INTO notes (id, ts, state, run) SELECT 'note-9' || n, '2026-02-10T11:00:00Z', 'open', 'x' FROM (SELECT 1 n UNION SELECT 2 UNION SELECT 3)",
  );
  return world;
}

test('an erasure that is told to stop ends between two transactions, says so, and is completed by the same command', async (t) => {
  const world = await prepare(t);
  const before = { ...sizes };
  setSizes({ erasedRows: 1 });
  t.after(() => setSizes(before));
  const unstopped = stopAfter(Number.POSITIVE_INFINITY);
  const whole = await new Copy(world.folder).erase(unstopped.stop);
  assert.equal(whole.stopped, null);
  const total = whole.hot + whole.warm + whole.cold;
  assert.ok(whole.hot > 1 && whole.rewritten.length > 1, `${whole.hot} hot, ${whole.rewritten.length} files`);
  const transactions = whole.hot + whole.rewritten.length;
  const erased = new Set<number>();
  for (let left = 0; left <= transactions + 2; left++) {
    const copy = new Copy(world.folder);
    const report = await copy.erase(stopAfter(unstopped.asked() - 1 - left).stop);
    assert.equal(report.stopped, 'stop requested', `${left}`);
    const done = report.hot + report.warm + report.cold;
    erased.add(done);
    const rest = await copy.erase();
    assert.equal(rest.stopped, null);
    assert.equal(done + rest.hot + rest.warm + rest.cold, total, `${left}: every row was counted once`);
    assert.equal(await copy.rows(), 0);
  }
  assert.ok(erased.size > transactions / 2, `stopped after ${[...erased]} rows`);
  const nothing = await new Copy(world.folder).erase(() => 'stop requested');
  assert.deepEqual([nothing.stopped, nothing.plan.parts, nothing.hot], ['stop requested', [], 0]);
});

test('a rebuild that is told to stop ends between two files, says what it added, and goes on when it is run again', async (t) => {
  const world = await prepare(t);
  const rows = await new Copy(world.folder).rows();
  {
    using db = new DatabaseSync(world.database);
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '\\_firn%' ESCAPE '\\'")
      .all();
    for (const { name } of tables) db.exec(`DROP TABLE "${name}"`);
  }
  const whole = await new Copy(world.folder).rebuild();
  assert.equal(whole.stopped, null);
  assert.ok(whole.after >= 9, `${whole.after} receipts`);
  let stops = 0;
  for (let most = 0; ; most++) {
    const copy = new Copy(world.folder);
    const report = await copy.rebuild(stopAfter(most).stop);
    if (report.stopped === null) break;
    stops++;
    const added = report.steps.filter(({ action }) => action === 'adopt').length;
    // The last entry may be of a file whose rows are still being deleted.
    assert.ok(added === report.after || added === report.after - 1, `${added} of ${report.after}`);
    assert.ok(added < whole.after, `${most}`);
    const rest = await copy.rebuild();
    assert.deepEqual([rest.stopped, rest.after, rest.rows], [null, whole.after, whole.rows], `${most}`);
    if (most % 4 === 0) assert.equal(await copy.rows(), rows, `${most}`);
  }
  assert.ok(stops >= whole.after, `${stops} stops`);
});
