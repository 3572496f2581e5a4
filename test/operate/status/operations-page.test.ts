import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { EXIT_MEANINGS } from '../../../src/cli/frame/exit-status.ts';
import { renderMetrics } from '../../../src/operate/status/prometheus.ts';
import { history } from '../runs.ts';
import { statusOf } from '../status-of.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');

test('every figure that the page names is one that is served', async () => {
  const [local] = history(['2026-06-01T02:00:00Z', 'daily', 'done']);
  const traffic = { requests: { get: 1 }, retries: 0, sentBytes: 0, receivedBytes: 1 };
  const run = { ...local!, end: { ...local!.end!, traffic } };
  const state = { job: 'daily', running: false, reason: '', nextStart: 0, overdueSince: null } as const;
  const table = {
    ...{
      table: 't',
      job: 'daily' as const,
      problem: null,
      total: 1,
      due: 1,
      open: 1,
      held: 1,
      leased: 0,
      lastId: 0,
      undated: 1,
    },
    ...{ behindMs: 1, overdue: false, estimated: false, dueBound: null },
  } as const;
  const served = await renderMetrics(
    statusOf({ jobs: [{ ...state, lastRun: run, lastSuccess: run }], tables: [table] }),
  );
  const named = new Set(page.match(/\bfirn_[a-z_]+/g));
  assert.ok(named.size > 20);
  for (const name of named) assert.match(served, new RegExp(`^# TYPE ${name} gauge$`, 'm'), name);
});

test('the YAML of the page is YAML, and every exit status is explained', () => {
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, body]) => parse(body!));
  assert.equal(blocks.length, 2);
  for (const [status, meaning] of EXIT_MEANINGS)
    if (status !== 0) assert.match(page, new RegExp(`^\\| ${status} \\w`, 'm'), meaning);
});
