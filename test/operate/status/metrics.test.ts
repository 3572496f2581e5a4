import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FirnError } from '../../../src/model/errors.ts';
import { writeAtomically } from '../../../src/operate/install/write-atomically.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { jobState } from '../../../src/operate/schedule/job-state.ts';
import { parseListenAddress } from '../../../src/operate/service/listen.ts';
import { serveFigures } from '../../../src/operate/service/metrics-server.ts';
import { renderBlindMetrics, renderMetrics } from '../../../src/operate/status/prometheus.ts';
import { at, history, scheduleOf } from '../runs.ts';
import { statusOf } from '../status-of.ts';

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string; readonly labels?: Record<string, string> }[];
}

const PARSER = 'parse-prometheus-text-format';
const parse = load();
const real = parse === null ? { skip: `SKIPPED: ${PARSER} is not installed (a dev dependency)` } : {};

function load(): ((text: string) => Family[]) | null {
  try {
    return createRequire(import.meta.url)(PARSER);
  } catch {
    return null;
  }
}

const NOW = at('2026-06-03T12:00:00Z');
const HOSTILE = 'we"ird\\ta\nble';

function status(): Parameters<typeof renderMetrics>[0] {
  const runs = history(
    ['2026-05-01T04:00:00Z', 'monthly', 'done'],
    ['2026-05-31T03:00:00Z', 'weekly', 'done'],
    ['2026-06-03T02:00:00Z', 'daily', 'partly'],
  );
  return statusOf({
    asOf: new Date(NOW).toISOString(),
    health: { level: 'attention', line: 'attention: something', problems: ['something'] },
    jobs: jobTimes(scheduleOf()).map((times) => jobState(times, runs, NOW, false)),
    tables: [
      {
        ...{
          table: HOSTILE,
          job: 'daily',
          problem: null,
          total: 40,
          due: 12,
          open: 3,
          held: 1,
          leased: 0,
          lastId: 0,
          undated: 2,
        },
        ...{ behindMs: 90_000, overdue: true, estimated: false, dueBound: null },
      },
    ],
    warm: { location: '/a', away: null, files: 2, rows: 100, bytes: 5000 },
    cold: { location: '/a', away: null, files: 1, rows: 50, bytes: 2500 },
  });
}

test('a parser of the format reads every figure back', real, async () => {
  const families = parse!(await renderMetrics(status()));
  const value = (name: string, labels: Record<string, string> = {}): number | undefined => {
    const family = families.find((one) => one.name === `firn_${name}`);
    const wanted = JSON.stringify(Object.entries(labels).sort());
    const sample = family?.metrics.find(
      (one) => JSON.stringify(Object.entries(one.labels ?? {}).sort()) === wanted,
    );
    return sample === undefined ? undefined : Number(sample.value);
  };
  assert.ok(families.every(({ type, help }) => type === 'GAUGE' && help.length > 10));
  assert.equal(value('up'), 1);
  assert.equal(value('healthy'), 0);
  assert.equal(value('paused'), 0);
  assert.equal(value('job_overdue', { job: 'monthly' }), 1);
  assert.equal(
    value('job_last_success_timestamp_seconds', { job: 'weekly' }),
    at('2026-05-31T03:00:00Z') / 1000,
  );
  assert.equal(value('job_last_success_timestamp_seconds', { job: 'daily' }), 0);
  assert.equal(value('job_last_outcome', { job: 'daily', outcome: 'partly' }), 1);
  assert.equal(value('job_last_outcome', { job: 'daily', outcome: 'done' }), 0);
  assert.equal(value('job_last_duration_seconds', { job: 'daily' }), 60);
  assert.equal(value('table_rows', { table: HOSTILE }), 40);
  assert.equal(value('table_due_rows', { table: HOSTILE }), 12);
  assert.equal(value('table_behind_seconds', { table: HOSTILE }), 90);
  assert.equal(value('table_kept_rows', { table: HOSTILE, reason: 'open' }), 3);
  assert.equal(value('table_undated_rows', { table: HOSTILE }), 2);
  assert.equal(value('archive_rows', { tier: 'cold' }), 50);
  assert.equal(value('archive_bytes', { tier: 'warm' }), 5000);
  assert.equal(value('database_bytes'), 4096);
  assert.equal(value('integrity_alarms'), 0);
});

test('when nothing can be read that is the one figure', real, () => {
  const [family, ...others] = parse!(renderBlindMetrics());
  assert.deepEqual([family?.name, family?.metrics[0]?.value, others], ['firn_up', '0', []]);
});

test('a textfile appears whole, readable for the collector, and nothing else stays beside it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-metrics-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'firn.prom');
  await writeAtomically(path, 'old\n');
  await writeAtomically(path, 'new\n');
  assert.equal(readFileSync(path, 'utf8'), 'new\n');
  assert.deepEqual(readdirSync(folder), ['firn.prom']);
  await assert.rejects(
    () => writeAtomically(join(folder, 'absent', 'firn.prom'), 'x'),
    (error) => error instanceof FirnError && error.code === 'io' && error.path?.includes('absent') === true,
  );
});

test('figures are served, health decides between 200 and 503, and what fails says so', async () => {
  let ok = true;
  await using server = await serveFigures(parseListenAddress('127.0.0.1:0'), {
    metrics: () => renderMetrics(status()),
    health: async () => ({ ok, body: { health: ok ? 'fine' : 'bad' } }),
  });
  const metrics = await fetch(`${server.url}/metrics`);
  assert.match(metrics.headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
  assert.match(await metrics.text(), /^firn_up 1$/m);
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  ok = false;
  assert.equal((await fetch(`${server.url}/healthz`)).status, 503);
  assert.equal((await fetch(`${server.url}/livez`)).status, 200);
  assert.equal((await fetch(`${server.url}/other`)).status, 404);
  assert.equal((await fetch(`${server.url}/metrics`, { method: 'POST' })).status, 405);
  await assert.rejects(
    serveFigures(parseListenAddress(server.url.replace('http://', '')), {
      metrics: async () => '',
      health: async () => ({ ok: true, body: {} }),
    }),
    (error) => error instanceof FirnError && error.code === 'io',
  );
});

test('an address is a host and a port', () => {
  assert.deepEqual(parseListenAddress('[::1]:9200'), { host: '::1', port: 9200 });
  assert.deepEqual(parseListenAddress('localhost:0'), { host: 'localhost', port: 0 });
  for (const wrong of ['', '9200', 'localhost', 'localhost:70000', ':9200', 'a b:1'])
    assert.throws(() => parseListenAddress(wrong), FirnError, wrong);
});
