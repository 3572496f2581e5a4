import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn, type Outcome } from '../world.ts';

const FILE = 'lake/_table=tool_uses/_day=2026-05-05/tool_uses.parquet';

test('the lake is shown, verified, and made again when a file is damaged, missing or unknown', async (t) => {
  const ideas = createIdeas(t);
  const config = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(config, 'lake: true\n');
  const run = (...argv: string[]): Promise<Outcome> => firn([...argv, ...ideas.paths, '--config', config]);
  const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).stdout);
  assert.equal((await run('archive', 'all')).status, 0);
  const lines = ideas.ids('tool_uses').length;

  const status = await json('lake', 'status');
  assert.deepEqual([status.lake, status.in_step, status.problems, status.unknown], [true, true, [], []]);
  const of = status.tables.find(({ table }: { table: string }) => table === 'tool_uses');
  assert.deepEqual([of.rows, of.rows_in_lake, of.files], [30 - lines, 30 - lines, 30 - lines]);
  assert.equal(of.bytes, sizeOf(join(ideas.archives, 'lake', '_table=tool_uses')));
  assert.equal((await json('lake', 'verify')).ok, true);

  const path = join(ideas.archives, FILE);
  const whole = readFileSync(path);
  const flipped = Buffer.from(whole);
  flipped[40]! ^= 1;
  for (const [bytes, inStep] of [
    [flipped, true],
    [whole.subarray(0, -1), false],
    [null, false],
  ] as const) {
    if (bytes === null) rmSync(path);
    else writeFileSync(path, bytes);
    const verified = await run('lake', 'verify', '--json');
    const { ok, problems } = JSON.parse(verified.stdout);
    assert.deepEqual([verified.status, ok, problems.length, problems[0].path], [1, false, 1, FILE]);
    const looked = await json('lake', 'status');
    assert.equal(looked.in_step, inStep, 'a look at names and sizes');
    const rows = await json('sql', 'SELECT count(*) AS n FROM tool_uses');
    assert.equal(Number(rows.rows?.[0]?.n ?? rows[0]?.n), 30);
    assert.match((await run('lake', 'verify')).stdout, /1 problem found/);
    const rebuilt = await run('lake', 'rebuild', '--json');
    assert.deepEqual([rebuilt.status, JSON.parse(rebuilt.stdout).files], [0, status.tables.reduce(files, 0)]);
    assert.equal((await json('lake', 'verify')).ok, true);
  }

  writeFileSync(join(ideas.archives, 'lake', 'mine.txt'), 'mine');
  assert.deepEqual((await json('lake', 'status')).unknown, ['lake/mine.txt']);
  assert.equal((await run('lake', 'rebuild')).status, 0);
  assert.equal(existsSync(join(ideas.archives, 'lake', 'mine.txt')), true, 'what Firn does not know stays');
});

test('without lake: true there is no lake, and a rebuild says how to get one', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const status = await firn(['lake', 'status', ...ideas.paths]);
  assert.deepEqual([status.status, /The lake is off/.test(status.stdout)], [0, true]);
  const rebuilt = await firn(['lake', 'rebuild', ...ideas.paths]);
  assert.equal(rebuilt.status, 2);
  assert.match(rebuilt.stderr, /Set lake: true in the configuration file/);
  assert.equal(existsSync(join(ideas.archives, 'lake')), false);
});

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + readFileSync(join(parentPath, name)).length, 0);
}

function files(sum: number, table: { readonly files: number }): number {
  return sum + table.files;
}
