import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Firn, type FirnOptions, openFirn } from '../../src/index.ts';
import { answerText, exactRow } from '../../src/library/answers/finding/exact-row.ts';
import { createIdeas, type Ideas } from '../cli/ideas.ts';
import { TEST_NOW } from '../cli/world.ts';

const clock = {
  now: () => TEST_NOW,
  monotonic: () => 0,
  sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
};

function open({ database, archives }: Ideas, options: FirnOptions = {}): Promise<Firn> {
  return openFirn({ database, archives, clock, ...options });
}

function failsWith(code: string) {
  return (error: unknown): boolean => (error as { code: string }).code === code;
}

test('opening reads the configuration only; a missing database is a matter of each call', async (t) => {
  const { folder } = createIdeas(t);
  const [database, archives] = [join(folder, 'missing.db'), join(folder, 'archives')];
  await using firn = await openFirn({ database, archives });
  assert.deepEqual(readdirSync(folder), ['ideas.db']);
  await assert.rejects(firn.status(), failsWith('not_found'));
  await assert.rejects(firn.archive('all'), failsWith('not_found'));
  assert.deepEqual(await firn.segments(), []);
  assert.deepEqual(readdirSync(folder), ['ideas.db']);
});

test('what is not said, and what is said wrongly, is a configuration error', async (t) => {
  const ideas = createIdeas(t);
  await assert.rejects(openFirn({ database: ideas.database }), /`archives` is missing/);
  await assert.rejects(openFirn({ archives: ideas.archives }), /`database` is missing/);
  await assert.rejects(
    open(ideas, { config: { tables: { tool_uses: { hott: '3d' } } } }),
    /Did you mean `hot`/,
  );
  await using firn = await open(ideas, { config: { tables: { tool_uses: { hot: '3d' } } } });
  assert.equal(firn.policies().tool_uses?.hot_days, 3);
});

test('of a configuration of several databases, one is opened with its own archive', async (t) => {
  const { folder, database } = createIdeas(t);
  cpSync(database, join(folder, 'other.db'));
  const config = { databases: [join(folder, '*.db')], archives: join(folder, 'archives') };
  await assert.rejects(openFirn({ config, clock }), /Name one of them|several databases/);
  const totals: number[] = [];
  for (const name of ['ideas.db', 'other.db']) {
    await using firn = await openFirn({ config, database: join(folder, name), clock });
    totals.push((await firn.archive('tool_uses')).total);
  }
  await using again = await openFirn({ config, database, clock });
  assert.deepEqual([totals, (await again.archiveStatistics()).rows], [[21, 21], 21]);
  assert.equal((await again.verify()).ok, true);
});

test('the policies tell of units and references', async (t) => {
  const parent = { hot: '3d', warm: '1d', cold: '1d', time_column: 'at' };
  const child = { with: 'session', by: 'session_id', references: 'ignore', triggers: 'allow' };
  await using firn = await open(createIdeas(t), {
    config: { preset: 'none', tables: { session: parent, message: child } },
  });
  const { session, message } = firn.policies();
  assert.deepEqual(
    [session?.with, session?.by, session?.references, session?.triggers],
    [null, [], 'keep', 'refuse'],
  );
  assert.deepEqual(
    [message?.with, message?.by, message?.references, message?.triggers],
    ['session', ['session_id'], 'ignore', 'allow'],
  );
});

test('changing calls of one instance wait for each other; another instance is refused', async (t) => {
  const ideas = createIdeas(t);
  await using firn = await open(ideas);
  await using other = await open(ideas);
  const first = firn.archive('tool_uses');
  const second = firn.archive('all', { olderThan: '0d' });
  const refused = new Promise((resolve) => {
    const ask = (): void => {
      if (existsSync(ideas.archives)) resolve(other.archive('all').catch((error: unknown) => error));
      else setImmediate(ask);
    };
    ask();
  });
  assert.equal((await first).total, 21);
  assert.ok((await second).total > 0);
  const error = (await refused) as { code?: string; message: string };
  assert.equal(error.code, 'locked', error.message);
  assert.deepEqual((await firn.history()).runs.map(({ command }) => command).reverse(), [
    'archive tool_uses',
    'archive all',
  ]);
});

test('a signal ends a waiting call at once and a running one cleanly; the next run does the rest', async (t) => {
  const ideas = createIdeas(t);
  await using firn = await open(ideas);
  await assert.rejects(firn.archive('all', { signal: AbortSignal.abort() }), failsWith('interrupted'));
  for (const call of [
    () => firn.status({ signal: AbortSignal.abort() }),
    () => firn.verify({ signal: AbortSignal.abort() }),
    () => firn.search({ signal: AbortSignal.abort() }).all(),
    () => firn.addHold({ table: 'tool_uses', where: ['id=t02'], reason: 'x', signal: AbortSignal.abort() }),
  ])
    await assert.rejects(call(), failsWith('interrupted'));
  const before = ideas.ids('tool_uses');
  const ending = new AbortController();
  const stopped = await firn.archive('all', { signal: ending.signal, onProgress: () => ending.abort() });
  const [uses] = stopped.tables.filter(({ table }) => table === 'tool_uses');
  assert.equal(uses?.status, 'partial');
  assert.ok(stopped.total > 0 && stopped.total < 21, `${stopped.total}`);
  const rest = await firn.archive('all');
  assert.equal(stopped.total + rest.total, 21);
  const found = await firn.search({ tables: ['tool_uses'], order: 'oldest' }).all();
  assert.deepEqual(found.hits.map(({ row }) => row.id).sort(), before);
});

test('closing stops what runs, waits for it, and refuses what comes later', async (t) => {
  const ideas = createIdeas(t);
  const firn = await open(ideas);
  let closing: Promise<void> | null = null;
  const stopped = firn.archive('all', {
    onProgress: () => {
      closing ??= firn.close();
    },
  });
  assert.ok((await stopped).tables.some(({ status }) => status === 'partial'));
  await closing;
  await assert.rejects(firn.status(), /is closed/);
  await assert.rejects(firn.search().all(), /is closed/);
  await using again = await open(ideas);
  assert.equal((await again.verify({ deep: true })).ok, true);
});

test('a search that was not taken to its end does not say that it is complete', async (t) => {
  const ideas = createIdeas(t);
  await using firn = await open(ideas);
  await firn.archive('tool_uses', { olderThan: '0d' });
  const found = firn.search({ tables: ['tool_uses'] });
  assert.throws(() => found.totals(), failsWith('usage'));
  for await (const { row } of found) if (row.id === 't20') break;
  const { complete, stopped, count } = found.totals();
  assert.deepEqual([complete, stopped, count], [false, 'not all rows were taken', 10]);
  await assert.rejects(found.all(), failsWith('usage'));
  const few = firn.search({ tables: ['tool_uses'], limit: 2 });
  assert.deepEqual(
    [(await few.all()).hits.length, few.totals().more, few.totals().complete],
    [2, true, false],
  );
});

test('a reused key is marked, unless nobody asks for it', async (t) => {
  const ideas = createIdeas(t);
  await using firn = await open(ideas);
  await firn.archive('tool_uses');
  const db = new DatabaseSync(ideas.database);
  db.exec("INSERT INTO tool_uses VALUES ('t03', 'run-9', 'bash', 'done', '2026-05-31T00:00:00Z')");
  db.close();
  const marked = async (markReusedKeys?: boolean) =>
    (await firn.search({ where: ['id=t03'], tiers: ['warm'], markReusedKeys }).all()).hits.map(
      (hit) => hit.same_key_in_database,
    );
  assert.deepEqual([await marked(), await marked(false)], [[true], [undefined]]);
});

test('a pause, an acknowledged alarm and the scheduler', async (t) => {
  const ideas = createIdeas(t);
  await using firn = await open(ideas);
  await firn.archive('all');
  const pause = await firn.pause({ reason: 'moving', for: '2h' });
  assert.deepEqual(pause, {
    since: '2026-06-01T00:00:00.000Z',
    until: '2026-06-01T02:00:00.000Z',
    reason: 'moving',
  });
  assert.equal((await firn.status()).paused?.reason, 'moving');
  assert.equal((await firn.resume())?.reason, 'moving');
  assert.equal(await firn.resume(), null);
  await assert.rejects(firn.acknowledge('warm/nothing', { reason: 'lost' }), failsWith('not_found'));
  const ending = new AbortController();
  const said: string[] = [];
  await firn.run({
    signal: ending.signal,
    onEvent: ({ event }) => {
      said.push(event);
      ending.abort();
    },
  });
  assert.equal(said.length > 0, true);
});

test('the archive tells of itself without the database, and each file can be read', async (t) => {
  const ideas = createIdeas(t);
  await using firn = await open(ideas);
  await firn.archive('all');
  await firn.cleanup({ olderThan: '10d', only: 'consolidate' });
  await using lost = await openFirn({ database: join(ideas.folder, 'lost.db'), archives: ideas.archives });
  const segments = await lost.segments({ table: 'tool_uses' });
  const { rows, by_table } = await lost.archiveStatistics();
  assert.deepEqual([segments.length, rows, by_table.tool_uses?.rows], [21, 21, 21]);
  assert.deepEqual(new Set(segments.map(({ tier }) => tier)), new Set(['warm', 'cold']));
  const ids: unknown[] = [];
  for (const { segment } of segments) {
    await using file = await lost.openSegment(segment);
    for await (const row of file) ids.push(row.id);
  }
  assert.equal(new Set(ids).size, 21);
  assert.equal((await lost.verify({ archivesOnly: true, deep: true })).ok, true);
});

test('wrong options are refused by name', async (t) => {
  await using firn = await open(createIdeas(t));
  await assert.rejects(firn.archive('all', { olderThan: '3 days' }), /olderThan|duration/);
  await assert.rejects(firn.archive('all', { maxRuntime: '5m' }), /ambiguous/);
  await assert.rejects(firn.verify({ sample: 2 }), /`sample` is 2/);
  await assert.rejects(firn.erase('tool_uses', { where: [] }), /`where` must have/);
  await assert.rejects(firn.history({ limit: -1 }), /`limit` is -1/);
  assert.throws(() => firn.search({ since: new Date(Number.NaN) }), /`since` is an invalid date/);
  assert.throws(() => firn.search({ since: '2026-02-01', until: '2026-01-01' }), /later than/);
});

test('a row is written as it is archived, whatever its columns are called', () => {
  const row = { id: 9007199254740993n, real: 2, bytes: new Uint8Array([0, 255]), toJSON: 7n };
  assert.equal(
    answerText({ row: exactRow(row) }),
    '{"row":{"id":9007199254740993,"real":2.0,"bytes":{"$blob":"AP8="},"toJSON":7}}',
  );
  const { toJSON: _, ...plain } = row;
  assert.equal(
    JSON.stringify(exactRow(plain)),
    '{"id":9007199254740993,"real":2.0,"bytes":{"$blob":"AP8="}}',
  );
  assert.deepEqual(Object.keys(plain), ['id', 'real', 'bytes']);
});
