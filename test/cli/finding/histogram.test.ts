import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome } from '../world.ts';

/** 21 of the 30 tool uses are in warm. */
async function archived(t: TestContext): Promise<Ideas & { search(...argv: string[]): Promise<Outcome> }> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return { ...ideas, search: (...argv) => firn(['search', ...argv, ...ideas.paths]) };
}

test('a histogram counts rows by day and tier without reading whole days', async (t) => {
  const { search } = await archived(t);
  const { status, stdout } = await search('--table', 'tool_uses', '--histogram', '--json');
  assert.equal(status, 0);
  const answer = JSON.parse(stdout);
  assert.deepEqual(
    [answer.command, answer.bucket, answer.total, answer.complete],
    ['search', 'day', 30, true],
  );
  assert.deepEqual(answer.buckets.slice(0, 2), [
    { from: '2026-05-03T00:00:00Z', until: '2026-05-03T23:59:59.999999Z', hot: 0, warm: 1, cold: 0 },
    { from: '2026-05-04T00:00:00Z', until: '2026-05-04T23:59:59.999999Z', hot: 1, warm: 0, cold: 0 },
  ]);
  assert.deepEqual([answer.counted_whole.segments, answer.bytes.read, answer.rows.warm], [21, 0, 21]);
});

test('conditions, text and a range decide what is counted', async (t) => {
  const { search } = await archived(t);
  const total = async (...argv: string[]): Promise<number> =>
    JSON.parse((await search(...argv, '--histogram', '--format', 'json')).stdout).total;
  assert.equal(await total('--where', 'execution_id=run-0'), 10);
  assert.equal(await total('PENDING'), 1);
  assert.equal(await total('--since', '2026-05-10', '--until', '2026-05-11'), 2);
  assert.equal(await total('--tier', 'warm'), 21);
  // Two of message_bus_log, of which one has no time.
  const all = JSON.parse((await search('--histogram', '--json')).stdout);
  assert.deepEqual([all.total, all.untimed], [32, 1]);
});

test('facets count the values of columns, and the text fits 80 columns', async (t) => {
  const { search } = await archived(t);
  const argv = ['--table', 'tool_uses', '--facets', 'result_status,execution_id', '--bucket', 'week'];
  const { facets, buckets, bucket } = JSON.parse((await search(...argv, '--json')).stdout);
  assert.deepEqual([bucket, buckets.length], ['week', 6]);
  assert.deepEqual(facets[0], {
    column: 'result_status',
    values: [
      { value: 'done', rows: 29 },
      { value: 'pending', rows: 1 },
    ],
    others: 0,
    distinct: 2,
  });
  assert.equal(facets[1].distinct, 3);
  const { stdout } = await search(...argv);
  assert.match(stdout, /^Matching rows: 30\n/);
  assert.match(stdout, /WEEK +ROWS +HOT +WARM +COLD/);
  assert.match(stdout, /2026-05-04 +7 +1 +6 +0 +█+/);
  assert.match(stdout, /result_status \(2 values\) +ROWS\n +done +29\n +pending +1/);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('a damaged file ends in status 5, and the rest is counted', async (t) => {
  const { search, archives } = await archived(t);
  truncateSync(join(archives, 'warm/2026-05-05/tool_uses.jsonl.gz'), 40);
  const found = await search('--where', 'tool=bash', '--histogram', '--json');
  assert.equal(found.status, 5);
  const { total, complete, problems } = JSON.parse(found.stdout);
  assert.deepEqual([total, complete, problems.length], [29, false, 1]);
});

test('options that choose among rows do not go with a histogram', async (t) => {
  const { search } = await archived(t);
  for (const argv of [
    ['--limit', '5'],
    ['--columns', 'id'],
    ['--count'],
    ['--format', 'csv'],
    ['--bucket', 'year'],
    ['--facets', 'no_such_column'],
  ])
    assert.equal((await search('--histogram', ...argv)).status, 2, argv.join(' '));
});
