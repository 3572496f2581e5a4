import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn } from '../world.ts';

test('held rows are neither archived nor moved until released', async (t) => {
  const ideas = createIdeas(t);
  const run = (argv: readonly string[], now?: string) =>
    firn([...argv, ...ideas.paths], now === undefined ? {} : { now: Date.parse(now) });
  const add = [
    'hold',
    'add',
    '--table',
    'tool_uses',
    '--where',
    'execution_id=run-1',
    '--reason',
    'incident 42',
  ];
  const added = await run([...add, '--json']);
  assert.equal(added.status, 0, added.stderr);
  const hold = JSON.parse(added.stdout);
  assert.deepEqual(
    [hold.id, hold.table, hold.where, hold.reason],
    [1, 'tool_uses', ['execution_id=run-1'], 'incident 42'],
  );
  assert.match(
    (await run(['hold', 'list'])).stdout,
    /1 +tool_uses +execution_id=run-1 +2026-06-01 +incident 42/,
  );

  const archived = JSON.parse((await run(['archive', 'all', '--json'])).stdout);
  const [tools] = archived.tables.filter(({ table }: { table: string }) => table === 'tool_uses');
  assert.equal(tools.kept.held, 6, 'of run-1: t04, t07, … t19');
  assert.equal((await run(['hold', 'remove', '1'])).status, 0);
  assert.equal((await run(['hold', 'remove', '1'])).status, 1);
  assert.equal(JSON.parse((await run(['archive', 'all', '--json'])).stdout).total, 6);
  assert.deepEqual(JSON.parse((await run(['hold', 'list', '--json'])).stdout), []);

  // Now the same rows are in the archive.
  await run(add);
  const july = JSON.parse((await run(['cleanup', 'archives', '--json'], '2026-07-01T00:00:00Z')).stdout);
  assert.equal(july.consolidation.kept.length, 6);
  assert.match(july.consolidation.kept[0].reason, /incident 42/);
  const end = JSON.parse(
    (await run(['cleanup', 'archives', '--yes', '--json'], '2028-01-01T00:00:00Z')).stdout,
  );
  assert.deepEqual([end.purge.kept.length, end.purge.purged_records], [6, 15]);
});

test('the rows that a hold keeps are counted by tier; where a file cannot be read, that is a lower bound', async (t) => {
  const ideas = createIdeas(t);
  const run = (...argv: string[]) => firn([...argv, ...ideas.paths]);
  await run('archive', 'all');
  await run('hold', 'add', '--table', 'tool_uses', '--where', 'execution_id=run-1', '--reason', 'incident');
  const search = ['search', '--table', 'tool_uses', '--where', 'execution_id=run-1'];
  const found = Number((await run(...search, '--count')).stdout);
  const counted = await run('hold', 'list', '--count', '--json');
  const [{ rows }] = JSON.parse(counted.stdout);
  assert.deepEqual([counted.status, rows.total, rows.exact], [0, found, true]);
  assert.ok(rows.warm > 0 && rows.hot + rows.warm + rows.cold === found);
  assert.match((await run('hold', 'list', '--count')).stdout, new RegExp(`KEPT[\\s\\S]* ${found} +incident`));
  const { hits } = JSON.parse((await run(...search, '--tier', 'warm', '--json')).stdout);
  rmSync(join(ideas.archives, hits[0].path));
  const partly = await run('hold', 'list', '--count');
  assert.equal(partly.status, 3);
  assert.match(partly.stdout, new RegExp(`at least ${found - 1} +incident`));
  assert.match(partly.stderr, /missing/);
});

test('a hold that would keep nothing is refused', async (t) => {
  const ideas = createIdeas(t);
  const add = (...argv: string[]) => firn(['hold', 'add', ...argv, ...ideas.paths]);
  for (const argv of [
    ['--table', 'tool_use', '--where', 'id=1', '--reason', 'x'],
    ['--table', 'tool_uses', '--where', 'ids=1', '--reason', 'x'],
    ['--table', 'tool_uses', '--reason', 'x'],
    ['--table', 'tool_uses', '--where', 'id=1'],
    ['--table', 'tool_uses', '--where', 'id', '--reason', 'x'],
  ]) {
    const { status, stderr } = await add(...argv);
    assert.equal(status, 2, stderr);
  }
  assert.match((await add('--table', 'tool_use', '--where', 'id=1', '--reason', 'x')).stderr, /tool_uses/);
});
