import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, test } from 'node:test';
import { everything } from '../../../src/lookup/read/query.ts';
import { type SqlAnswer, SqlSession } from '../../../src/lookup/sql/session.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { setSizes, sizes } from '../../../src/model/sizes.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const inForce = { ...sizes };
afterEach(() => setSizes(inForce));

const ROWS = 20_000;
/** Of the row that the types of `n` and `words` do not hold: the last that is read. */
const ODD = 20;

/** Three days of rows, read newest first. */
function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec('CREATE TABLE many (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, n INTEGER, words TEXT)');
  const insert = db.prepare('INSERT INTO many (ts, n, words) VALUES (?, ?, ?)');
  db.exec('BEGIN');
  for (let i = 0; i < ROWS; i++)
    insert.run(`2026-01-${10 + Math.floor((i * 3) / ROWS)}T00:00:00Z`, i, `words of row ${i}`);
  db.exec(`UPDATE many SET n = 'a text', words = x'00ff' WHERE id = ${ODD}; COMMIT`);
}

async function archived(): Promise<LookupWorld> {
  const world = new LookupWorld(buildPolicySet([policyOf('many')]), create);
  await world.archiveAll();
  return world;
}

async function rowsOf({ rows }: SqlAnswer): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for await (const piece of rows) for (const row of piece) all.push([...row]);
  return all;
}

test('the first rows of a scan come before the last are read', async () => {
  setSizes({ heldBytes: 1 });
  await using world = await archived();
  await using session = await SqlSession.open(await world.places(), everything(['many']));
  const answer = await session.run('SELECT * FROM many');
  const pieces = answer.rows[Symbol.asyncIterator]();
  const first = await pieces.next();
  assert.ok(!first.done && first.value.length > 0 && first.value.length < ROWS / 2);
  await pieces.return?.();
  // The next statement does not wait for the rest of the one before.
  assert.deepEqual(await rowsOf(await session.run('SELECT count(*) FROM many')), [[BigInt(ROWS)]]);
});

for (const where of ['', " WHERE words >= 'words'", ' WHERE n >= 0 OR n IS NULL']) {
  test(`a value that its type does not hold, behind rows that were given out, doubles and loses none (${where.trim()})`, async () => {
    setSizes({ heldBytes: 1 });
    await using world = await archived();
    await using session = await SqlSession.open(await world.places(), everything(['many']));
    if (where.includes('n >=')) {
      // Its type decides which rows match: nothing is given out before it is known.
      await assert.rejects(
        session.run(`SELECT id FROM many${where}`),
        /Cannot compare values of type VARCHAR/,
      );
      return;
    }
    const answer = await session.run(`SELECT id, n, words FROM many${where}`);
    const rows = await rowsOf(answer);
    const expected = where === '' ? ROWS : ROWS - 1;
    assert.equal(rows.length, expected);
    assert.equal(new Set(rows.map(([id]) => id)).size, expected);
    for (const [id, n, words] of rows) {
      const at = Number(id) - 1;
      if (at === ODD - 1) assert.deepEqual([n, words], ['a text', '\\x00ff']);
      else assert.deepEqual([String(n), words], [String(at), `words of row ${at}`]);
    }
    assert.ok(answer.notes.length > 0, 'it is said');
  });
}

test('a small result has one type in each column', async () => {
  await using world = await archived();
  await using session = await SqlSession.open(await world.places(), everything(['many']));
  const answer = await session.run(
    `SELECT id, n FROM many WHERE words LIKE '%of row 2_' OR words LIKE '\\x%'`,
  );
  assert.deepEqual(
    answer.columns.map(({ type }) => type),
    ['BIGINT', 'VARCHAR'],
  );
  assert.equal((await rowsOf(answer)).length, 11);
});

test('a statement ends when it is told to', async () => {
  await using world = await archived();
  const stopping = new AbortController();
  await using session = await SqlSession.open(await world.places(), everything(['many']), {
    signal: stopping.signal,
  });
  const endless = session.run(
    'SELECT count(*) FROM many a, many b, many c, many d WHERE a.n + b.n + c.n + d.n > 7',
  );
  setImmediate(() => stopping.abort());
  await assert.rejects(endless, { code: 'interrupted' });
});

test('what does not fit into the limits is refused, and says which to raise', async () => {
  await using world = await archived();
  await using session = await SqlSession.open(await world.places(), everything(['many']), {
    limits: { memoryBytes: 60e6, spillBytes: 1e6 },
  });
  await assert.rejects(
    session.run('SELECT list(a.words) FROM many a, many b GROUP BY b.id'),
    ({ hint }: { hint?: string }) => /--memory or --spill/.test(hint ?? ''),
  );
});
