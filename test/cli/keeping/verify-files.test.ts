import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn, type Outcome, TEST_NOW } from '../world.ts';

const FILE = 'warm/2026-05-05/tool_uses.jsonl.gz';
const SEGMENT = '2026-05-05/tool_uses.jsonl.gz';

test('named files alone are read, every byte, and their alarms end when they are whole again', async (t) => {
  const ideas = createIdeas(t);
  const run = (...argv: string[]): Promise<Outcome> =>
    firn([...argv, ...ideas.paths], { now: TEST_NOW + 3_600_000 });
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  const path = join(ideas.archives, FILE);
  const whole = readFileSync(path);
  const bytes = Buffer.from(whole);
  bytes[40]! ^= 1;
  writeFileSync(path, bytes);

  const bad = await run('verify', FILE, '--json');
  const json = JSON.parse(bad.stdout);
  assert.deepEqual([bad.status, json.mode, json.ok, json.chosen.segments], [5, 'files', false, 1]);
  assert.equal(json.alarms[0].path, FILE);
  const { open_alarms: open } = JSON.parse((await run('status', '--json')).stdout);
  assert.deepEqual([open.length, open[0].path, open[0].kind], [1, FILE, 'damaged']);

  // Another file is sound, whatever is wrong elsewhere; that is a note.
  const files = JSON.parse((await run('retention', 'files', '--json')).stdout).files as { segment: string }[];
  const other = files.find(({ segment }) => segment !== SEGMENT)!.segment;
  const sound = await run('verify', other, '--json');
  assert.deepEqual([sound.status, JSON.parse(sound.stdout).alarms], [0, []]);
  assert.match(JSON.parse(sound.stdout).notes.join(), /1 other alarm is open/);

  writeFileSync(path, whole);
  const good = await run('verify', SEGMENT);
  assert.equal(good.status, 0, good.stdout);
  assert.match(good.stdout, /every byte of 1 segment[\s\S]*No problems found/);
  const after = JSON.parse((await run('status', '--json')).stdout);
  assert.deepEqual(after.open_alarms, []);
  const verified = JSON.parse((await run('retention', 'files', SEGMENT, '--json')).stdout).file.verified_at;
  assert.equal(verified, new Date(TEST_NOW + 3_600_000).toISOString());
  rmSync(path);
  assert.equal((await run('verify', FILE)).status, 5, 'a missing file');
});

test('a bundle is read as a whole, also by the name of a member', async (t) => {
  const ideas = createIdeas(t);
  const run = (...argv: string[]): Promise<Outcome> => firn([...argv, ...ideas.paths]);
  await run('archive', 'all');
  await run('cleanup', 'archives', '--older-than', '0d');
  const bundle = 'cold/2026/2026-05.tar.gz';
  const all = JSON.parse((await run('verify', bundle, '--json')).stdout);
  assert.deepEqual([all.ok, all.checked.bundles, all.checked.segments > 1], [true, 1, true]);
  const member = JSON.parse((await run('verify', `${bundle}:${SEGMENT}`, '--json')).stdout);
  assert.deepEqual([member.ok, member.checked.segments], [true, 1]);
  const path = join(ideas.archives, bundle);
  const bytes = readFileSync(path);
  // Behind the members: only a look at the whole bundle finds it.
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(path, bytes);
  assert.equal((await run('verify', bundle)).status, 5);
});

test('a name that the ledger does not list, and options that say how much is read, are refused', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const unknown = await firn(['verify', 'warm/2026-05-05/nothing.jsonl.gz', ...ideas.paths]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /lists no such archive file[\s\S]*firn retention files/);
  for (const option of ['--deep', '--archives-only', '--sample=5%'])
    assert.equal((await firn(['verify', FILE, option, ...ideas.paths])).status, 2, option);
});
