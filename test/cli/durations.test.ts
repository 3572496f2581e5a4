import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { allCommands } from '../../src/cli/command-list.ts';
import { firn } from './world.ts';

/** Options that take months: retention times, in which minutes make no sense. */
const RETENTION = [
  'archive --older-than',
  'cleanup archives --older-than',
  'plan --hot',
  'plan --warm',
  'plan --cold',
];

test('every option with a duration is either a retention time or refuses a bare m', async () => {
  const taking: string[] = [];
  let seen = 0;
  for (const entry of allCommands()) {
    const { command } = await entry.load();
    for (const option of Object.values(command.options)) {
      if (!option.usage.includes('<DUR>')) continue;
      seen++;
      assert.ok(option.parse, option.usage);
      try {
        option.parse('30m', option.usage);
        taking.push(`${entry.name} ${option.usage.replace(' <DUR>', '')}`);
      } catch (error) {
        assert.match((error as Error).message, /"30m" is ambiguous\. Write 30min .* or 900d/);
      }
      assert.doesNotThrow(() => option.parse?.('30min', option.usage));
      assert.doesNotThrow(() => option.parse?.('90d', option.usage));
    }
  }
  assert.deepEqual(taking.sort(), [...RETENTION].sort());
  assert.ok(seen >= 10, `${seen} options`);
});

for (const words of [
  ['pause', '--for', '30m'],
  ['job', '--max-runtime', '30m'],
  ['job', '--jitter', '5M'],
  ['restore', 'all', '--into', 'hot', '--for', '30m'],
  ['search', '--table', 'all', '--since', '30m'],
  ['export', 'tool_uses', '--until', '30m'],
]) {
  test(`firn ${words.join(' ')} is refused as ambiguous`, async () => {
    const { status, stderr } = await firn(words);
    assert.equal(status, 2);
    assert.match(stderr, /ambiguous.*\d+min.*\d+d/s);
  });
}

for (const setting of ['max_runtime: 30m', 'schedule: { jitter: 5m }']) {
  test(`${setting} in the configuration is refused as ambiguous`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'firn-durations-'));
    t.after(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'firn.config.yaml'), `${setting}\n`);
    const { status, stderr } = await firn(['retention', 'policy'], { cwd: folder });
    assert.equal(status, 2);
    assert.match(stderr, /firn\.config\.yaml:1:.*ambiguous.*min.*d/s);
  });
}

test('months stay months in a policy', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-durations-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'firn.config.yaml'), 'tables: { tool_uses: { hot: 3m } }\n');
  const { status, stdout } = await firn(['retention', 'policy', '--json'], { cwd: folder });
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).tool_uses.hot_days, 90);
});
