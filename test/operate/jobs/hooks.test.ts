import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileLocation } from '../../../src/model/location.ts';
import { callHook } from '../../../src/operate/alarms/hooks.ts';
import { alarmFailure, alarmOverdue } from '../../../src/operate/alarms/job-alarms.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { jobState } from '../../../src/operate/schedule/job-state.ts';
import { at, history, scheduleOf } from '../runs.ts';

test('a command gets the message on its standard input', async (t) => {
  const file = join(folder(t), 'heard.json');
  assert.equal(await callHook({ command: `cat > '${file}'` }, { event: 'failure' }), null);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { event: 'failure' });
});

test('a command that fails, does not read, or never ends is said and does no harm', async () => {
  const large = { words: 'x'.repeat(1_000_000) };
  assert.equal(await callHook({ command: 'true' }, large), null);
  assert.match((await callHook({ command: 'echo no >&2; exit 7' }, {}))!, /ended with status 7: no$/);
  assert.match((await callHook({ command: 'sleep 60 & sleep 60' }, {}, 100))!, /was stopped after 0.1 s/);
});

test('an address gets the message as a POST of JSON', async (t) => {
  const { url, heard } = await listener(t, 204);
  assert.equal(await callHook({ url }, { event: 'overdue' }), null);
  assert.deepEqual(heard, [{ method: 'POST', type: 'application/json', body: { event: 'overdue' } }]);
});

test('an address that refuses, or where nobody listens, is said', async (t) => {
  const { url } = await listener(t, 500);
  assert.match((await callHook({ url }, {}))!, /answered 500/);
  assert.match((await callHook({ url: 'http://127.0.0.1:1/' }, {}))!, /127\.0\.0\.1:1/);
});

test('an address that never answers is given up', async (t) => {
  const { url } = await listener(t, null);
  assert.match((await callHook({ url }, {}, 50))!, /timeout|aborted/i);
});

test('the failure hook hears of failed runs with their facts, and of no others', async (t) => {
  const { url, heard } = await listener(t, 200);
  const settings = settingsOf(url);
  const newestFirst = history(
    ['2026-06-01T02:00:00Z', 'daily', 'done'],
    ['2026-06-02T02:00:00Z', 'daily', 'busy'],
    ['2026-06-03T02:00:00Z', 'daily', 'failed'],
    ['2026-06-04T02:00:00Z', 'daily', 'integrity'],
    ['2026-06-05T02:00:00Z', 'daily', 'partly'],
    ['2026-06-06T02:00:00Z', 'daily', 'died'],
    ['2026-06-07T02:00:00Z', 'daily', 'paused'],
    ['2026-06-08T02:00:00Z', 'daily', 'stopped'],
  );
  for (const record of newestFirst.toReversed()) assert.equal(await alarmFailure(settings, record), null);
  const outcomes = heard.map(({ body }) => (body as { run: { outcome: string } }).run.outcome);
  assert.deepEqual(outcomes, ['failed', 'integrity', 'partly', 'died']);
});

test('the overdue hook hears which jobs should have run, and since when', async (t) => {
  const { url, heard } = await listener(t, 200);
  const runs = history(
    ['2026-06-01T02:00:00Z', 'daily', 'done'],
    ['2026-05-31T03:00:00Z', 'weekly', 'done'],
    ['2026-06-01T04:00:00Z', 'monthly', 'done'],
  );
  const now = at('2026-06-03T00:00:00Z');
  const states = jobTimes(scheduleOf()).map((times) => jobState(times, runs, now, false));
  assert.equal(await alarmOverdue(settingsOf(url), states, now), null);
  const [{ body }] = heard as unknown as [{ body: { jobs: { job: string; overdue_since: string }[] } }];
  assert.deepEqual(
    body.jobs.map(({ job, overdue_since }) => [job, overdue_since]),
    [['daily', '2026-06-02T02:00:00.000Z']],
  );
});

function settingsOf(url: string): Parameters<typeof alarmFailure>[0] {
  return {
    database: fileLocation('/a.db'),
    archives: fileLocation('/archives'),
    hooks: { onFailure: { url }, onOverdue: { url } },
  };
}

interface Heard {
  readonly method: string | undefined;
  readonly type: string | undefined;
  readonly body: unknown;
}

/** A server that answers with a status, or never. */
async function listener(t: TestContext, status: number | null): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      const { method, headers } = request;
      heard.push({ method, type: headers['content-type'], body: JSON.parse(text) });
      if (status !== null) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, heard };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'firn-hooks-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}
