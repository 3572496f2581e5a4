import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../../src/config/load.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { fileLocation } from '../../../src/model/location.ts';
import type { Config } from '../../../src/model/policy/config.ts';
import { observabilityPolicies } from '../../../src/model/policy/policies.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { inTurn, jobTables } from '../../../src/operate/jobs/job-tables.ts';
import { attemptJob, type JobAttempt, type JobRunOptions } from '../../../src/operate/jobs/run-jobs.ts';
import { backlogOf } from '../../../src/operate/schedule/backlog.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { readStatus } from '../../../src/operate/status/read-status.ts';
import type { Stores } from '../../../src/operate/stores.ts';
import { storesOf } from '../../../src/stores/stores-of.ts';
import { at, history } from '../runs.ts';

const NOW = at('2026-06-01T02:00:00Z');
const ROWS = 4000;
// The clock of these tests counts transactions.
setSizes({ unitRows: 50, firstDeletedRows: 200, fewestDeletedRows: 50 });

test('a pause set from elsewhere ends a running job at its next batch; resumed, it goes on, and every row is counted once', async (t) => {
  const { config, clock, hot } = world(t);
  await using log = await storesOf(config, clock).openRunLog();
  let pausing: Promise<void> | undefined;
  const paused = await daily(config, clock, {
    onProgress: () => {
      pausing ??= log.setPause({ since: new Date(NOW).toISOString(), until: null, reason: 'now' });
    },
  });
  await pausing;
  const first = paused.record.end!;
  assert.equal(first.outcome, 'paused');
  assert.match(first.message!, /paused since .*: now/);
  assert.ok(first.records > 0 && first.records < ROWS, `${first.records}`);
  assert.equal(first.remaining, ROWS - first.records);
  assert.equal(hot(), ROWS - first.records);

  const held = await daily(config, clock);
  assert.deepEqual([held.record.end!.outcome, held.record.end!.records], ['paused', 0]);
  await log.setPause(null);
  const last = (await daily(config, clock)).record.end!;
  assert.deepEqual([last.outcome, last.remaining, hot()], ['done', 0, 0]);
});

test('a time budget leaves a backlog that later runs work off, and status predicts its end', async (t) => {
  const { config, clock, hot } = world(t);
  const left: number[] = [];
  for (let night = 0; night < 60 && hot() > 0; night++) {
    clock.advance(86_400_000);
    const { end } = (await daily(config, clock, { maxRuntimeMs: 900 })).record;
    if (end!.outcome === 'done') {
      left.push(hot());
      break;
    }
    assert.equal(end!.outcome, 'budget');
    // It ended while the segment of the night before was completed.
    if (end!.remaining === null) continue;
    left.push(hot());
    assert.equal(end!.remaining, hot());
    if (left.length === 3) {
      const [backlog] = (await readStatus(storesOf(config, clock))).backlogs;
      assert.equal(backlog?.rows, hot());
      assert.ok(backlog.endsAt !== null && backlog.endsAt > clock.now());
    }
  }
  assert.ok(left.length >= 4, `${left}`);
  assert.equal(left.at(-1), 0);
  assert.deepEqual((await readStatus(storesOf(config, clock))).backlogs, []);
});

test('a stop signal ends a job cleanly', async (t) => {
  const { config, clock, hot } = world(t);
  const controller = new AbortController();
  const stopped = await daily(config, clock, {
    signal: controller.signal,
    onProgress: () => controller.abort('SIGTERM'),
  });
  assert.equal(stopped.record.end!.outcome, 'stopped');
  assert.equal(hot(), ROWS - stopped.record.end!.records);
  const hurried = await daily(config, clock, { maxRuntimeMs: 100 });
  assert.equal(hurried.record.end!.outcome, 'budget', 'also while it puts the stopped run right');
  assert.ok(hurried.report !== null);
  assert.equal((await daily(config, clock)).record.end!.outcome, 'done');
  assert.equal(hot(), 0);
});

test('a database that others keep locked is written down as busy when it can be, and remembered when not', async (t) => {
  const { config, clock, database } = world(t);
  using other = new DatabaseSync(database);
  other.exec('BEGIN IMMEDIATE');
  const attempt = await daily(config, clock);
  assert.deepEqual([attempt.record.end!.outcome, attempt.recorded], ['busy', false]);
  other.exec('COMMIT');
  assert.equal((await daily(config, clock)).record.end!.outcome, 'done');
});

test('the failure hook hears of a run that died, from the run after it', async (t) => {
  const { config, clock, database } = world(t);
  {
    await using log = await storesOf(config, clock).openRunLog();
    const startedAt = new Date(NOW - 60_000).toISOString();
    await log.begin({ command: 'job --mode daily', jobs: ['daily'], reason: 'test', startedAt });
  }
  const heard = `${database}.heard`;
  const hooks = { onFailure: { command: `cat >> '${heard}'` }, onOverdue: null };
  await daily({ ...config, hooks }, clock);
  await daily({ ...config, hooks }, clock);
  const messages = readFileSync(heard, 'utf8').trim().split('\n');
  assert.deepEqual(
    messages.map((message) => JSON.parse(message).run.outcome),
    ['died'],
  );
});

test('where the configuration says so the file gives its free pages back after a job', async (t) => {
  const { config, clock, database } = world(t);
  {
    using db = new DatabaseSync(database);
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
  }
  const before = statSync(database).size;
  await daily({ ...config, reclaim: 'incremental' }, clock);
  const after = statSync(database).size;
  assert.ok(after < before / 2, `${after} of ${before} bytes`);
});

test('a job gives nothing back where the database manages its disk space itself', async (t) => {
  const { config, clock } = world(t);
  const stores: Stores = {
    ...storesOf({ ...config, reclaim: 'incremental' }, clock),
    capabilities: { reclaim: false, localPath: null, erasesInPlace: false },
    openDisk: async () => assert.fail('opened to be shrunk'),
  };
  const { record } = await attemptJob(stores, 'daily', 'daily', { reason: 'test' });
  assert.equal(record.end!.outcome, 'done');
});

test('daily takes every table that weekly does not, those in no group too', () => {
  const policies = observabilityPolicies();
  const weekly = ['assertion_results', 'ASSERTION_CHAINS'];
  assert.deepEqual(jobTables(policies, weekly, 'weekly'), ['assertion_results', 'assertion_chains']);
  assert.deepEqual(jobTables(policies, weekly, 'daily'), [
    'transcript_entries',
    'tool_uses',
    'skill_traces',
    'message_bus_log',
  ]);
  assert.deepEqual(jobTables(policies, weekly, 'monthly'), []);
});

test('the table that had no turn for the longest time goes first', () => {
  const [newest, oldest] = history(
    ['2026-06-01T02:00:00Z', 'daily', 'budget'],
    ['2026-06-02T02:00:00Z', 'daily', 'budget'],
  );
  const turn = (
    table: string,
    status: string,
  ): { table: string; status: string; records: number; kept: number; undated: number } => ({
    ...{ table, status, records: 1, kept: 0, undated: 0 },
  });
  const runs = [
    { ...newest!, end: { ...newest!.end!, tables: [turn('b', 'partial'), turn('a', 'paused')] } },
    { ...oldest!, end: { ...oldest!.end!, tables: [turn('a', 'partial')] } },
  ];
  assert.deepEqual(inTurn(['a', 'b', 'c'], runs), ['c', 'a', 'b']);
});

test('a backlog that does not shrink has no end in sight', () => {
  const [times] = jobTimes({
    schedule: { daily: '0 2 * * *', weekly: null, monthly: null, jitterMs: 0, timeZone: 'UTC' },
    quietHours: [],
    database: fileLocation('/a.db'),
  });
  const left = (...rows: number[]): ReturnType<typeof history> =>
    history(...rows.map((_, day) => [`2026-06-0${day + 1}T02:00:00Z`, 'daily', 'budget'] as const)).map(
      (run, index) => ({ ...run, end: { ...run.end!, remaining: rows[rows.length - 1 - index]! } }),
    );
  const now = at('2026-06-05T12:00:00Z');
  assert.equal(backlogOf(times!, left(100, 100), now)?.endsAt, null);
  assert.equal(backlogOf(times!, left(100, 120), now)?.endsAt, null);
  assert.equal(backlogOf(times!, left(100, 80, 60), now)?.endsAt, at('2026-06-08T02:00:00Z'));
  assert.equal(backlogOf(times!, left(100, 0), now), null);
});

type TestClock = Clock & { advance(ms: number): void };

interface World {
  readonly config: Config;
  readonly clock: TestClock;
  readonly database: string;
  /** Rows still in the database. */
  hot(): number;
}

/** 4,000 message rows of ten days, all due, in a database of their own. */
function world(t: TestContext): World {
  const folder = mkdtempSync(join(tmpdir(), 'firn-job-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'ideas.db');
  {
    using db = new DatabaseSync(database);
    db.exec(`PRAGMA journal_mode = WAL;
      CREATE TABLE message_bus_log (id TEXT PRIMARY KEY, timestamp TEXT NOT NULL, payload TEXT);
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
      INSERT INTO message_bus_log SELECT printf('m%05d', i),
        strftime('%Y-%m-%dT%H:%M:%SZ', '2026-05-01', '+' || (i % 10) || ' days', '+' || i || ' seconds'), 'payload' FROM n`);
  }
  const flags = { dbPath: database, archivePath: join(folder, 'archives') };
  const config = loadConfig({ flags, env: {}, cwd: folder, readFile: () => null });
  let [now, elapsed] = [NOW, 0];
  const clock: TestClock = {
    now: () => now,
    // Every look at it takes a while, so that budgets end and pauses are looked for.
    monotonic: () => {
      elapsed += 20;
      return elapsed;
    },
    sleep: () => Promise.resolve(),
    advance: (ms) => {
      now += ms;
    },
  };
  const hot = (): number => {
    using db = new DatabaseSync(database, { readOnly: true });
    return Number(db.prepare('SELECT count(*) AS rows FROM message_bus_log').get()!.rows);
  };
  return { config, clock, database, hot };
}

async function daily(
  config: Config,
  clock: Clock,
  options: Partial<JobRunOptions> = {},
): Promise<JobAttempt> {
  return await attemptJob(storesOf(config, clock), 'daily', 'daily', { reason: 'test', ...options });
}
