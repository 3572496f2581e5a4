import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import {
  JOB_NAMES,
  type JobName,
  type RunLog,
  type RunOutcome,
  type RunRecord,
} from '../../../src/hot/run-log.ts';
import { openSqliteRunLog } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { jobState } from '../../../src/operate/schedule/job-state.ts';
import { occurrencesOf } from '../../../src/operate/schedule/occurrences.ts';
import { runScheduler } from '../../../src/operate/service/scheduler.ts';
import { renderMetrics } from '../../../src/operate/status/prometheus.ts';
import { at, scheduleOf } from '../runs.ts';
import { statusOf } from '../status-of.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Rarer than in earnest, so that a year takes seconds. */
const LOOK_EVERY_MS = 6 * HOUR;
const START = at('2026-01-01T00:00:00Z');
const END = at('2027-01-01T00:00:00Z');
const SETTINGS = scheduleOf({ timeZone: 'Europe/Berlin', jitterMs: 20 * MINUTE });

/** What goes wrong in a simulated year. */
interface Weather {
  /** Of the runs, how many die without a word, and how many fail by themselves. */
  readonly dying: number;
  readonly failing: number;
  /** Spans in which the machine sleeps, the work is paused, others hold the database. */
  readonly asleep: readonly Span[];
  readonly paused: readonly Span[];
  readonly busy: readonly Span[];
}

type Span = readonly [from: number, to: number];

test('in a year of fair weather every job runs once for each due time, within its jitter', async (t) => {
  const fair = { dying: 0, failing: 0, asleep: [], paused: [], busy: [] };
  const { runs, hidden } = await live(t, fair, 1);
  assert.deepEqual(hidden, []);
  for (const job of JOB_NAMES) {
    const due = dueTimes(job);
    const done = runs.filter((run) => run.jobs.includes(job)).map(({ startedAt }) => at(startedAt));
    // The first run makes up for the last due time before the year began.
    assert.equal(done.length, due.length + 1, job);
    due.forEach((occurrence, index) => {
      const late = done[index + 1]! - occurrence;
      assert.ok(late >= 0 && late <= 20 * MINUTE + MINUTE, `${job} ${new Date(occurrence)} ${late}`);
    });
  }
});

for (const seed of [1, 2]) {
  test(`a year of crashes, sleeps, pauses and busy databases: run once, or said to be missing (seed ${seed})`, async (t) => {
    const random = seeded(seed);
    const weather = {
      dying: 0.1,
      failing: 0.1,
      asleep: spans(random, 40, 20 * HOUR),
      paused: spans(random, 12, 3 * DAY),
      busy: spans(random, 60, 5 * HOUR),
    };
    const { runs, hidden, overlaps, looks, overdueSeen } = await live(t, weather, seed);
    assert.deepEqual(hidden, []);
    assert.equal(overlaps, 0);
    for (const job of JOB_NAMES) {
      const good = runs.filter((run) => run.jobs.includes(job) && run.end?.outcome === 'done');
      const due = [dueTimes(job)[0]! - 32 * DAY, ...dueTimes(job), END];
      for (let index = 0; index + 1 < due.length; index++) {
        const between = good.filter(
          ({ startedAt }) => at(startedAt) >= due[index]! && at(startedAt) < due[index + 1]!,
        );
        assert.ok(between.length <= 1, `${job} ran ${between.length} times after ${new Date(due[index]!)}`);
      }
    }
    t.diagnostic(`${runs.length} runs, ${looks} looks, ${overdueSeen} of them found a job overdue`);
    assert.ok(runs.length > 450 && overdueSeen > 0);
  });
}

interface Year {
  /** Oldest first. */
  readonly runs: readonly RunRecord[];
  /** What an independent observer found to be missing and neither status nor metrics told. */
  readonly hidden: readonly string[];
  readonly overlaps: number;
  readonly looks: number;
  readonly overdueSeen: number;
}

/** Runs the real scheduler on the real history through a year, and looks at both every few hours. */
async function live(t: TestContext, weather: Weather, seed: number): Promise<Year> {
  const random = seeded(seed * 1000);
  const folder = mkdtempSync(join(tmpdir(), 'firn-year-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'ideas.db');
  {
    using db = new DatabaseSync(database);
    db.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; CREATE TABLE host (id)');
  }
  await using log = await openSqliteRunLog(database);
  const all: RunRecord[] = [];
  const hidden: string[] = [];
  let [now, overlaps, working, looks, overdueSeen, nextLook] = [START, 0, false, 0, 0, START];
  let process = new AbortController();

  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now = wakeAt(now + ms);
      if (now >= nextLook) {
        nextLook = now + 9 * HOUR;
        await observe();
      }
      if (now >= END) process.abort();
    },
  };
  const wakeAt = (instant: number): number => spanOf(weather.asleep, instant)?.[1] ?? instant;

  async function observe(): Promise<void> {
    looks++;
    const runs = await log.runs();
    const states = jobTimes(SETTINGS).map((times) => jobState(times, runs, now, working));
    const metrics = await renderMetrics(statusOf({ jobs: states, asOf: new Date(now).toISOString() }));
    if (states.some(({ overdueSince }) => overdueSince !== null)) overdueSeen++;
    for (const { job, overdueSince } of states) {
      const missing = isMissing(job, all, now);
      const told = overdueSince !== null && metrics.includes(`firn_job_overdue{job="${job}"} 1`);
      if (missing && !told) hidden.push(`${job} at ${new Date(now).toISOString()}`);
      if (!missing && told && !nearlyMissing(job, all, now))
        hidden.push(`${job} is fine at ${new Date(now).toISOString()}`);
    }
  }

  while (now < END) {
    process = new AbortController();
    await runScheduler(
      {
        clock,
        settings: SETTINGS,
        async look() {
          if (spanOf(weather.busy, now) !== undefined) throw new Error('database is locked');
          const pause = spanOf(weather.paused, now);
          return {
            runs: await log.runs(300),
            pause:
              pause === undefined
                ? null
                : { since: iso(pause[0]), until: iso(pause[1]), reason: 'simulated' },
          };
        },
        async run(job, reason) {
          if (working) overlaps++;
          working = true;
          const record = await simulate(job, reason);
          working = false;
          return { record: record.record, recorded: record.recorded };
        },
        tell: () => Promise.resolve(),
      },
      process.signal,
      LOOK_EVERY_MS,
    );
    if (now < END) now = wakeAt(now + Math.floor(random() * 6 * HOUR));
  }
  return { runs: all, hidden, overlaps, looks, overdueSeen };

  async function simulate(job: JobName, reason: string): Promise<{ record: RunRecord; recorded: boolean }> {
    const start = { command: `job --mode ${job}`, jobs: [job], reason, startedAt: iso(now) };
    if (spanOf(weather.busy, now) !== undefined) {
      const record = { ...start, id: 0, end: endOf('busy') };
      all.push(record);
      return { record, recorded: false };
    }
    const id = await log.begin(start);
    now = wakeAt(now + Math.ceil(random() * 10) * MINUTE);
    const luck = random();
    if (luck < weather.dying) {
      all.push({ ...start, id, end: null });
      // Its process is gone; another one is started some time later.
      process.abort();
      return { record: { ...start, id, end: null }, recorded: true };
    }
    const end = endOf(luck < weather.dying + weather.failing ? 'failed' : 'done');
    await finish(log, id, end);
    all.push({ ...start, id, end });
    return { record: { ...start, id, end }, recorded: true };
  }

  function endOf(outcome: RunOutcome): NonNullable<RunRecord['end']> {
    const endedAt = iso(now);
    return { endedAt, durationMs: 60_000, outcome, records: 0, remaining: 0, tables: [], message: null };
  }
}

async function finish(log: RunLog, id: number, end: NonNullable<RunRecord['end']>): Promise<void> {
  await log.end(id, end);
}

/** Worked out from the plain list of due times: one is more than its jitter and twelve hours ago, and no run did it. */
function isMissing(job: JobName, runs: readonly RunRecord[], now: number): boolean {
  return missingFor(job, runs, now) > 12 * HOUR + 20 * MINUTE;
}

function nearlyMissing(job: JobName, runs: readonly RunRecord[], now: number): boolean {
  return missingFor(job, runs, now) > 11 * HOUR;
}

function missingFor(job: JobName, runs: readonly RunRecord[], now: number): number {
  const good = runs.filter((run) => run.jobs.includes(job) && run.end?.outcome === 'done');
  const last = Math.max(0, ...good.map(({ startedAt }) => at(startedAt)));
  const { last: before, next } = occurrencesOf(SETTINGS.schedule[job]!, 'Europe/Berlin');
  const missed = last === 0 ? before(now)! : next(last)!;
  return now - missed;
}

function dueTimes(job: JobName): number[] {
  const { next } = occurrencesOf(SETTINGS.schedule[job]!, 'Europe/Berlin');
  const due: number[] = [];
  for (let occurrence = next(START)!; occurrence < END - HOUR; occurrence = next(occurrence)!)
    due.push(occurrence);
  return due;
}

function spans(random: () => number, count: number, longest: number): Span[] {
  return Array.from({ length: count }, () => {
    const from = START + Math.floor(random() * (END - START));
    return [from, from + Math.ceil(random() * longest)] as const;
  });
}

function spanOf(all: readonly Span[], instant: number): Span | undefined {
  return all.find(([from, to]) => instant >= from && instant < to);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
