import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { start } from '../running/service-process.ts';
import { createMany, type Many } from './many-world.ts';

/** Due, and not to be purged, on any day this test may run on. */
function oldRows(many: Many, name: string): void {
  using db = new DatabaseSync(many.add(name));
  db.exec("UPDATE events SET at = datetime('now', '-100 days')");
}

function failureHook(t: TestContext): Promise<{ url: string; told: Record<string, unknown>[] }> {
  const told: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    told.push(JSON.parse(body));
    response.end();
  });
  t.after(() => server.close());
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told }),
    ),
  );
}

test('firn run does the jobs of all databases, serves their metrics, and lets no second one in', async (t) => {
  const many = createMany(t, ['*.db']);
  oldRows(many, 'a.db');
  oldRows(many, 'b.db');
  const paths = ['--config', join(many.folder, 'firn.config.yaml')];
  const { child, said } = start(t, { paths });
  const [listening] = await said('listening');
  await said('ended', 2);
  await said('waiting');
  assert.deepEqual([many.ids('a.db'), many.ids('b.db')], [[], []]);

  const metrics = await (await fetch(`${String(listening!.url)}/metrics`)).text();
  assert.match(metrics, /^firn_scheduler_up\{database="[^"]+b\.db"\} 1$/m);
  assert.equal((await fetch(`${String(listening!.url)}/healthz`)).status, 200);
  const second = await many.firn(['run'], { now: Date.now() });
  assert.equal(second.status, 4, second.stderr);

  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  const again = start(t, { paths });
  const [waiting] = await again.said('waiting');
  assert.match(waiting!.msg as string, /daily is due|monthly is due/, 'it remembers what it did');
  again.child.kill('SIGTERM');
  await once(again.child, 'exit');
});

test('the failure hook is called once for all databases that could not be opened', async (t) => {
  const { url, told } = await failureHook(t);
  const many = createMany(t, ['*.db', 'gone.db', 'away/*.db'], `hooks:\n  on_failure: { url: "${url}" }\n`);
  many.add('a.db', [40]);
  writeFileSync(many.path('bad.db'), 'not a database'.repeat(200));
  const report = await many.job();
  assert.equal(report.exit, 1);
  assert.equal(told.length, 1);
  const { event, database, run } = told[0] as {
    event: string;
    database: string;
    run: Record<string, unknown>;
  };
  assert.deepEqual(
    [event, database, run.outcome, run.command],
    ['failure', join(many.folder, 'firn.config.yaml'), 'partly', 'job --mode daily'],
  );
  assert.match(String(run.message), /no file matches away\/\*\.db, and 2 more/);
  rmSync(many.path('bad.db'));
});
