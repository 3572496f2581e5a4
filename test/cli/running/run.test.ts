import assert from 'node:assert/strict';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { lockHolder } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn } from '../world.ts';
import { start } from './service-process.ts';

test('firn run does what is due, serves figures, lets no second one in, and stops cleanly on SIGTERM', async (t) => {
  const ideas = createOldIdeas(t);
  const { child, said } = start(t, ideas);
  const [listening] = await said('listening');
  await said('ended', 3);
  const [waiting] = await said('waiting');
  assert.match(waiting!.msg as string, /is due/);
  assert.deepEqual(ideas.ids('tool_uses'), []);

  const url = listening!.url as string;
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^firn_scheduler_up 1$/m);
  assert.match(metrics, /^firn_job_last_outcome\{job="monthly",outcome="done"\} 1$/m);
  const health = await fetch(`${url}/healthz`);
  assert.deepEqual([health.status, ((await health.json()) as { alarms: [] }).alarms], [200, []]);

  const second = await firn(['run', ...ideas.paths]);
  assert.equal(second.status, 4);
  assert.match(second.stderr, /firn run/);
  assert.match((await firn(['status', ...ideas.paths])).stdout, /^Scheduler {2}waiting/m);

  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.equal((await said('stopped'))[0]!.reason, 'SIGTERM');
  assert.equal(await lockHolder(ideas.database, 'scheduler'), null);
});

test('a scheduler that was killed leaves no lock, and the next one goes on', async (t) => {
  const ideas = createOldIdeas(t);
  const first = start(t, ideas);
  await first.said('started');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = start(t, ideas);
  await second.said('waiting');
  second.child.kill('SIGINT');
  assert.deepEqual(await once(second.child, 'exit'), [0, null]);
  assert.deepEqual(ideas.ids('tool_uses'), []);
});

test('an address that is none is wrong usage', async (t) => {
  const { status, stderr } = await firn(['run', '--listen', '9200', ...createIdeas(t).paths]);
  assert.equal(status, 2);
  assert.match(stderr, /127\.0\.0\.1:9200/);
});

/** All of it due, and none to be purged, on any day this test may run on. */
function createOldIdeas(t: TestContext): Ideas {
  const ideas = createIdeas(t);
  using db = new DatabaseSync(ideas.database);
  db.exec("DELETE FROM message_bus_log; UPDATE tool_uses SET start_time = datetime('now', '-100 days')");
  return ideas;
}
