import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn } from '../world.ts';

test('the demo archives a database beside a writer and proves that nothing is lost', async (t) => {
  const folder = join(createIdeas(t).folder, 'demo');
  const { status, stdout, stderr } = await firn(['demo', '--rows', '1000', '--dir', folder]);
  assert.equal(status, 0, stderr);
  for (const words of [
    'DRY RUN',
    'Archive Results:',
    '$ zcat ',
    'have the same rows and values',
    'Next steps',
  ]) {
    assert.ok(stdout.includes(words), words);
  }
  assert.match(stdout, /database, before +1,000 /);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || line.includes(folder), line);
  const again = await firn(['archive', 'all', '--json'], {
    env: { FIRN_CONFIG: join(folder, 'firn.config.yaml') },
  });
  assert.equal(JSON.parse(again.stdout).total, 0);
});

test('--remove leaves nothing behind', async (t) => {
  const folder = join(createIdeas(t).folder, 'demo');
  assert.equal((await firn(['demo', '--rows', '1000', '--dir', folder, '--remove'])).status, 0);
  assert.ok(!existsSync(folder));
});

test('a folder that is there is not used, and too few rows are refused', async (t) => {
  const { folder } = createIdeas(t);
  assert.equal((await firn(['demo', '--dir', folder])).status, 1);
  assert.equal((await firn(['demo', '--rows', '3'])).status, 2);
});
