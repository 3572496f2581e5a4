import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn, TEST_NOW, type World } from '../world.ts';

const OWN = `preset: none
tables:
  tool_uses: { hot: 7d, warm: 30d, cold: 365d, time_column: start_time }
`;

function withConfig(t: TestContext, text: string) {
  const ideas = createIdeas(t);
  const config = join(ideas.folder, 'own.yaml');
  writeFileSync(config, text);
  const run = (words: readonly string[], world: World = {}) =>
    firn([...words, '--config', config, ...ideas.paths], world);
  return { run };
}

test('a configuration without weekly tables has no weekly entry, no weekly row and nothing overdue', async (t) => {
  const { run } = withConfig(t, OWN);
  const cron = await run(['schedule', 'cron']);
  assert.match(cron.stdout, /--mode daily/);
  assert.doesNotMatch(cron.stdout, /weekly/);
  const units = await run(['schedule', 'systemd']);
  assert.doesNotMatch(units.stdout, /weekly/);
  assert.equal((await run(['job', '--mode', 'daily'])).status, 0);
  const later = { now: TEST_NOW + 3_600_000 };
  assert.equal((await run(['job', '--mode', 'monthly'], later)).status, 0);
  const status = await run(['status', '--json', '--check'], later);
  assert.equal(status.status, 0, status.stdout);
  assert.doesNotMatch(status.stdout, /never succeeded/);
  const text = await run(['status'], later);
  assert.doesNotMatch(text.stdout, /weekly/);
  const metrics = await run(['metrics'], later);
  assert.match(metrics.stdout, /firn_job_scheduled\{job="weekly"\} 0/);
  assert.doesNotMatch(metrics.stdout, /firn_job_overdue\{job="weekly"\}/);
});

test('a configuration whose tables are all weekly has no daily entry', async (t) => {
  const { run } = withConfig(t, `${OWN}weekly_tables: [tool_uses]\n`);
  const { stdout } = await run(['schedule', 'cron']);
  assert.match(stdout, /--mode weekly/);
  assert.doesNotMatch(stdout, /--mode daily/);
});

test('a schedule that the file gives for a job without tables is no entry either', async (t) => {
  const { run } = withConfig(t, `${OWN}schedule: { weekly: "0 5 * * 1" }\n`);
  assert.doesNotMatch((await run(['schedule', 'cron'])).stdout, /weekly/);
});

test('without any table there is nothing to schedule, and nothing is wrong', async (t) => {
  const { run } = withConfig(t, 'preset: none\n');
  for (const words of [['cron'], ['systemd'], ['systemd', '--service'], ['cron', '--install']]) {
    const { status, stdout, stderr } = await run(['schedule', ...words]);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /no job has both tables and a schedule/);
  }
  assert.equal((await run(['status', '--check'])).status, 0);
});

test('a job asked for by name that has no tables says so, and does nothing', async (t) => {
  const { run } = withConfig(t, OWN);
  const { status, stdout, stderr } = await run(['job', '--mode', 'weekly']);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout).tables, []);
  assert.match(stderr, /the weekly job has no tables/);
});

test('a job none of whose tables the database has is not overdue before it ever ran', async (t) => {
  const ideas = createIdeas(t);
  // The preset's weekly tables are not in this database.
  await firn(['job', '--mode', 'daily', ...ideas.paths]);
  await firn(['job', '--mode', 'monthly', ...ideas.paths]);
  const { status, stdout } = await firn(['status', '--check', ...ideas.paths]);
  assert.doesNotMatch(stdout, /weekly job has never succeeded/);
  assert.equal(status, 0, stdout);
});
