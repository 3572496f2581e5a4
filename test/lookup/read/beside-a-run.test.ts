import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { smallSizes } from '../../support/small-sizes.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const ROWS = smallSizes ? 600 : 3_000;
const TABLE = ['acts'];

function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; CREATE TABLE acts (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, run TEXT);
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    INSERT INTO acts SELECT i, strftime('%Y-%m-%dT%H:%M:%SZ', '2026-01-10', '+' || i || ' seconds'), 'run-' || (i % 5) FROM n`);
}

function world(): LookupWorld {
  return new LookupWorld(buildPolicySet([policyOf('acts')]), create);
}

/** Archives until it has been asked so many times whether to go on. */
async function archivePartly(some: LookupWorld, questions: number): Promise<void> {
  let asked = 0;
  try {
    await some.archiveAll({ stop: () => (++asked > questions ? 'enough' : null) });
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'interrupted') throw error;
  }
}

async function found(some: LookupWorld): Promise<number[]> {
  const ids: number[] = [];
  for await (const hit of search(await some.places(), everything(TABLE))) ids.push(Number(rowOf(hit).id));
  return ids;
}

test('every row is found once while its segment is half drained, by search, by SQL and by restore', async () => {
  await using some = world();
  const all = Array.from({ length: ROWS }, (_, id) => id);
  let halves = 0;
  for (let questions = 2; questions < 12; questions++) {
    await archivePartly(some, questions);
    const { ledger } = (await some.places()).hot!.reader;
    const [receipt] = await ledger.receipts();
    const half = receipt?.state === 'draining' && receipt.position > 0 && receipt.position < ROWS;
    if (half) halves++;
    assert.deepEqual(await found(some), all, `${receipt?.state} ${receipt?.position}`);
    await using session = await SqlSession.open(await some.places(), everything(TABLE));
    const pieces: unknown[] = [];
    for await (const piece of (await session.run('SELECT count(*), count(DISTINCT id) FROM acts')).rows)
      pieces.push(...piece.flat());
    assert.deepEqual(pieces, [BigInt(ROWS), BigInt(ROWS)]);
    if (!half) continue;
    await using target = openRestoreFile(join(some.folder, `restored-${questions}.db`), some.database);
    const restored = await restoreRows(await some.places(), everything(TABLE), target);
    assert.equal(restored.tables[0]!.inserted, receipt.position);
  }
  assert.ok(halves > 1, `${halves} half drained states were seen`);
});

test('rows that leave while a search is read are found once', async () => {
  await using some = world();
  await archivePartly(some, 3);
  const ids: number[] = [];
  for await (const hit of search(await some.places(), everything(TABLE))) {
    ids.push(Number(rowOf(hit).id));
    if (ids.length === 1) await archivePartly(some, 4);
    if (ids.length === 100) await some.archiveAll();
  }
  assert.deepEqual([...new Set(ids)].length, ids.length, 'a row came twice');
  assert.equal(ids.length, ROWS);
});

test('a row that was changed while it was copied is found as it is now', async () => {
  await using some = world();
  await archivePartly(some, 2);
  using db = new DatabaseSync(some.database);
  const { changes } = db.prepare("UPDATE acts SET run = 'changed' WHERE id >= ?").run(ROWS - 3);
  assert.equal(Number(changes), 3);
  for (const finish of [false, true]) {
    if (finish) await some.archiveAll();
    const rows: string[] = [];
    for await (const hit of search(await some.places(), everything(TABLE))) {
      const row = rowOf(hit);
      if (Number(row.id) >= ROWS - 3) rows.push(`${row.id} ${row.run}`);
    }
    assert.deepEqual(
      rows,
      [ROWS - 3, ROWS - 2, ROWS - 1].map((id) => `${id} changed`),
    );
    assert.equal((await found(some)).length, ROWS);
  }
});
