import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { everything } from '../../../src/lookup/read/query.ts';
import { type SqlAnswer, SqlSession } from '../../../src/lookup/sql/session.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const TABLES = ['notes', 'pairs', 'bare'];
const LATER = Date.parse('2026-05-01T00:00:00Z');

async function rowsOf({ rows }: SqlAnswer): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for await (const piece of rows) all.push(...piece.map((row) => [...row]));
  return all;
}

async function ask(world: LookupWorld, sql: string): Promise<{ answer: SqlAnswer; rows: unknown[][] }> {
  await using session = await SqlSession.open(await world.places(), everything(TABLES));
  const answer = await session.run(sql);
  return { answer, rows: await rowsOf(answer) };
}

test('a table is one view over its tiers, with the types of its columns', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  for (const tier of ['warm', 'cold']) {
    if (tier === 'cold') await world.consolidate(LATER);
    const { answer, rows } = await ask(
      world,
      'SELECT _tier, count(*) AS rows, max(n) AS top FROM notes GROUP BY 1 ORDER BY 1',
    );
    assert.deepEqual(
      rows.sort(),
      [
        [tier, 23n, 2n ** 53n + 23n],
        ['hot', 6n, 2n ** 53n + 5n],
      ].sort(),
    );
    assert.deepEqual(
      answer.columns.map(({ type }) => type),
      ['VARCHAR', 'BIGINT', 'BIGINT'],
    );
  }
});

test('tables without a gzip file, without a key and without a policy of their own are joined like others', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const { rows } = await ask(world, 'SELECT count(*) FROM pairs JOIN notes USING (run) JOIN bare ON true');
  const [[plain]] = (
    await ask(
      world,
      'SELECT (SELECT count(*) FROM bare) * (SELECT count(*) FROM pairs JOIN notes USING (run))',
    )
  ).rows as [[bigint]];
  assert.deepEqual(rows, [[plain]]);
  assert.equal((await ask(world, 'SELECT count(*) FROM bare')).rows[0]![0], 24n);
});

test('exact values: blobs, infinities, 64 bits, and texts that look like escapes', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const { rows } = await ask(world, "SELECT n, b, words FROM notes WHERE id = 'note-5'");
  assert.equal(rows[0]![0], 2n ** 53n + 5n);
  assert.deepEqual(Buffer.from(rows[0]![1] as Uint8Array), Buffer.from([0, 5, 255]));
  assert.equal(rows[0]![2], 'word 5 "quoted" \u0000 {"$blob":"x"}');
  assert.equal(
    (await ask(world, "SELECT r FROM notes WHERE id = 'undated'")).rows[0]![0],
    Number.POSITIVE_INFINITY,
  );
});

test('a column whose values do not fit its type is given as text, and that is said', async () => {
  const create = (path: string): void => {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE odd (id TEXT PRIMARY KEY, ts TEXT, n INTEGER, t TEXT);
      INSERT INTO odd VALUES ('a', '2026-01-10T00:00:00Z', 5, '{"$blob":"AA=="}'), ('b', '2026-01-10T00:00:00Z', 'five', 'plain'),
        ('c', '2026-01-10T00:00:00Z', 1.5, x'00ff'), ('d', '2026-02-09T00:00:00Z', NULL, NULL)`);
  };
  await using world = new LookupWorld(buildPolicySet([policyOf('odd')]), create);
  await world.archiveAll();
  await using session = await SqlSession.open(await world.places(), everything(['odd']));
  const answer = await session.run('SELECT n, t FROM odd ORDER BY id');
  assert.deepEqual(await rowsOf(answer), [
    ['5', '{"$blob":"AA=="}'],
    ['five', 'plain'],
    ['1.5', '\\x00ff'],
    [null, null],
  ]);
  assert.deepEqual(answer.notes.map((note) => note.split(' ')[0]).sort(), ['odd.n', 'odd.t']);
});

test('a key in the WHERE spares segments, and changes no answer', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const { answer, rows } = await ask(world, "SELECT id FROM notes AS x WHERE x.id = 'note-4' AND n > 0");
  assert.deepEqual(rows, [['note-4']]);
  assert.equal(answer.reports.get('notes')!.segments.pruned.key, 2);
  const since = await ask(world, "SELECT count(*) FROM notes WHERE ts >= '2026-01-14'");
  // Each is opened, as only its footer tells whether its times compare as texts.
  const { total, read, pruned } = since.answer.reports.get('notes')!.segments;
  assert.deepEqual([total, read, pruned.time], [3, 0, 3]);
  const both = await ask(world, "SELECT count(*) FROM notes a JOIN notes b USING (id) WHERE a.id = 'note-4'");
  assert.deepEqual(both.rows, [[1n]]);
});

test('a damaged or missing segment is a problem of the answer', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  rmSync(join(world.archives, 'warm/2026-01-10/notes.jsonl.gz'));
  const path = join(world.archives, 'warm/2026-01-11/notes.jsonl.gz');
  const bytes = readFileSync(path);
  bytes[60]! ^= 1;
  writeFileSync(path, bytes);
  const { answer, rows } = await ask(world, 'SELECT count(*) FROM notes');
  assert.equal(answer.problems.length, 2);
  assert.deepEqual(rows, [[13n]]);
});

test('wrong SQL is wrong usage, and nothing is left behind', async (t) => {
  await using world = new LookupWorld();
  await world.archiveAll();
  // Of its own: other test files have temporary files too.
  const temporary = mkdtempSync(join(tmpdir(), 'firn-session-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  t.after(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(temporary, { recursive: true });
  });
  await assert.rejects(ask(world, 'SELEC 1'), { code: 'usage' });
  await assert.rejects(ask(world, 'SELECT nothing FROM notes'), { code: 'usage' });
  await assert.rejects(ask(world, 'SELECT 1; SELECT 2'), { code: 'usage' });
  assert.deepEqual(readdirSync(temporary), []);
  assert.ok(
    !existsSync(join(world.archives, '.tmp')) || readdirSync(join(world.archives, '.tmp')).length === 0,
  );
});

test('tables with long names are read, in every tier', async () => {
  const table = `${'ü'.repeat(30)} "x"`;
  const create = (path: string): void => {
    using db = new DatabaseSync(path);
    const name = `"${table.replaceAll('"', '""')}"`;
    db.exec(`CREATE TABLE ${name} (id TEXT PRIMARY KEY, ts TEXT);
      INSERT INTO ${name} VALUES ('a', '2026-01-10T00:00:00Z'), ('b', '2026-01-11T00:00:00Z')`);
  };
  await using world = new LookupWorld(buildPolicySet([policyOf(table)]), create);
  await using session = await SqlSession.open(await world.places(), everything([table]));
  const sql = `SELECT count(*) FROM "${table.replaceAll('"', '""')}" WHERE id = 'a'`;
  for (const move of [() => {}, () => world.archiveAll(), () => world.consolidate(LATER)]) {
    await move();
    assert.deepEqual(await rowsOf(await session.run(sql)), [[1n]]);
    assert.deepEqual(await rowsOf(await session.run(sql.replace(/ WHERE.*/, ''))), [[2n]]);
  }
});
