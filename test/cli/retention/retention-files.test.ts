import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome, type World } from '../world.ts';

const LATER = { now: Date.parse('2026-08-15T00:00:00Z') };

/** 21 files of tool_uses in warm: 2026-05-03, and from 2026-05-05 to 2026-05-24. */
async function archived(
  t: TestContext,
): Promise<Ideas & { files(argv?: readonly string[], world?: World): Promise<Outcome> }> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return {
    ...ideas,
    files: (argv = [], world) => firn(['retention', 'files', ...argv, ...ideas.paths], world),
  };
}

test('lists the files newest first, with tier, rows, sizes and times', async (t) => {
  const { files, database } = await archived(t);
  const before = readFileSync(database);
  const { status, stdout } = await files(['--json']);
  assert.equal(status, 0);
  const answer = JSON.parse(stdout);
  assert.deepEqual([answer.total.segments, answer.total.rows, answer.files.length], [21, 21, 21]);
  const { bytes, raw_bytes, archived_at, ...rest } = answer.files[0];
  assert.deepEqual(rest, {
    ...{ segment: '2026-05-24/tool_uses.jsonl.gz', table: 'tool_uses', day: '2026-05-24' },
    ...{ last_day: '2026-05-24', span: 'day', part: 1, tier: 'warm', state: 'archived', rows: 1 },
    path: 'warm/2026-05-24/tool_uses.jsonl.gz',
    ...{ oldest: '2026-05-24T12:00:00Z', newest: '2026-05-24T12:00:00Z' },
    ...{ verified_at: null, alarm: null, acknowledged: false },
  });
  assert.ok(bytes > 0 && raw_bytes > 0 && archived_at.startsWith('2026-06-01'));
  const sum = answer.files.reduce((total: number, file: { bytes: number }) => total + file.bytes, 0);
  assert.equal(answer.total.bytes, sum);
  assert.deepEqual(readFileSync(database), before);
});

test('a table, a range of time and a tier leave other files out', async (t) => {
  const { files } = await archived(t);
  const count = async (...argv: string[]): Promise<number> =>
    JSON.parse((await files([...argv, '--json'])).stdout).files.length;
  assert.equal(await count('TOOL_USES'), 21);
  assert.equal(await count('message_bus_log'), 0);
  assert.equal(await count('--since', '2026-05-10', '--until', '2026-05-12'), 3);
  assert.equal(await count('--tier', 'cold'), 0);
  assert.equal((await files(['tool_usses'])).status, 2);
  assert.equal((await files(['--since', '2026-05-10', '--until', '2026-05-01'])).status, 2);
});

test('the list for people fits 80 columns, and a limit keeps the totals', async (t) => {
  const { files } = await archived(t);
  const { stdout } = await files(['--limit', '2']);
  assert.match(stdout, /^Archive files: 21 files, 21 rows, /);
  assert.match(stdout, /2026-05-24\/tool_uses\.jsonl\.gz +warm +1 +\d+ B +\d\.\dx +–/);
  assert.match(stdout, /and 19 older files\. Pass --limit/);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  const limited = JSON.parse((await files(['--limit', '2', '--json'])).stdout);
  assert.deepEqual([limited.files.length, limited.total.segments], [2, 21]);
});

test('a verification is dated, and bundled files name their bundle', async (t) => {
  const { files, paths } = await archived(t);
  assert.equal((await firn(['cleanup', 'archives', ...paths], LATER)).status, 0);
  await firn(['verify', '--deep', ...paths], LATER);
  const bundle = 'cold/2026/2026-05.tar.gz';
  const cold = JSON.parse((await files([bundle, '--json'], LATER)).stdout);
  assert.equal(cold.files.length, 21);
  for (const { path, verified_at, tier } of cold.files)
    assert.deepEqual([path, verified_at.slice(0, 10), tier], [bundle, '2026-08-15', 'cold']);
  const one = JSON.parse((await files([`${bundle}:2026-05-05/tool_uses.jsonl.gz`, '--json'], LATER)).stdout);
  assert.deepEqual([one.stored.path, one.footer.rows], [bundle, 1]);
});

test('one file shows its footer and its entry in the ledger', async (t) => {
  const { files } = await archived(t);
  const name = '2026-05-05/tool_uses.jsonl.gz';
  const { status, stdout } = await files([`warm/${name}`, '--json']);
  assert.equal(status, 0);
  const { segment, file, stored, footer, problem } = JSON.parse(stdout);
  assert.deepEqual([segment, file.segment, stored.tier, problem], [name, name, 'warm', null]);
  assert.equal(stored.bytes, file.bytes);
  assert.deepEqual(footer.primary_key, ['id']);
  assert.deepEqual(footer.columns[0], { name: 'id', type: 'TEXT', key: 1 });
  assert.deepEqual(footer.lookup_keys, ['id', 'execution_id']);
  const [{ offset, rows, digest }] = footer.blocks;
  assert.deepEqual([footer.blocks.length, typeof offset, rows, digest.length], [1, 'number', 1, 64]);
  const text = (await files([name])).stdout;
  assert.match(text, /verified +not since it was archived/);
  assert.match(text, /columns +id TEXT \(key\), execution_id TEXT/);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
});

test('damaged and missing files are alarms in the list and on their own, with status 5', async (t) => {
  const { files, archives, paths } = await archived(t);
  const [missing, cut] = ['2026-05-03/tool_uses.jsonl.gz', '2026-05-05/tool_uses.jsonl.gz'];
  rmSync(join(archives, 'warm', missing));
  truncateSync(join(archives, 'warm', cut), 40);
  const list = await files(['--json']);
  assert.equal(list.status, 5);
  const answer = JSON.parse(list.stdout);
  const wrong = answer.files.filter(({ alarm }: { alarm: string | null }) => alarm !== null);
  assert.deepEqual(wrong.map(({ segment }: { segment: string }) => segment).sort(), [missing, cut]);
  assert.equal(answer.alarms.length, 2);
  assert.match((await files(['--limit', '30'])).stdout, /2026-05-03\/tool_uses\S+ .*ALARM/);
  const one = await files([cut, '--json']);
  assert.equal(one.status, 5);
  const details = JSON.parse(one.stdout);
  assert.deepEqual([details.file.rows, details.footer, typeof details.problem], [1, null, 'string']);
  assert.equal((await files([missing])).status, 5);

  await firn(['verify', ...paths]);
  for (const name of [missing, cut])
    await firn(['verify', '--acknowledge', `warm/${name}`, '--reason', 'a test', ...paths]);
  const known = await files(['--json']);
  assert.deepEqual([known.status, JSON.parse(known.stdout).acknowledged.length], [0, 2]);
  assert.equal((await files([cut])).status, 0);
});

test('a file that nobody knows is an error, and a database without archives has none', async (t) => {
  const { files } = await archived(t);
  const unknown = await files(['2026-01-01/tool_uses.jsonl.gz']);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /neither the ledger nor the archive has this file/);
  const empty = createIdeas(t);
  const { status, stdout } = await firn(['retention', 'files', ...empty.paths]);
  assert.equal(status, 0);
  assert.match(stdout, /^Archive files: 0 files, 0 rows\n/);
});

test('an archive of another database is an alarm, not an empty list', async (t) => {
  const { archives } = await archived(t);
  const other = createIdeas(t);
  const argv = ['retention', 'files', '--json', '--db-path', other.database, '--archive-path', archives];
  const { status, stdout } = await firn(argv);
  assert.equal(status, 5);
  assert.equal(JSON.parse(stdout).alarms[0].kind, 'foreign');
});
