import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEnd, RunLog, RunStart } from '../../../src/hot/run-log.ts';
import { type ErrorCode, FirnError } from '../../../src/model/errors.ts';
import {
  factsOfError,
  type RunFacts,
  recordMiss,
  recordRun,
} from '../../../src/operate/jobs/recorded-run.ts';
import { at } from '../runs.ts';

const PURPOSE = { command: 'archive', jobs: ['daily'], reason: 'test' } as const;
const START = { ...PURPOSE, startedAt: '2026-06-03T02:00:00.000Z' };
const FACTS: RunFacts = { outcome: 'budget', records: 7, remaining: 3, tables: [], message: 'time' };

/** A log that keeps what it is told, busy for the first `busy` ends, and a clock on which work takes 5.4 s. */
function world(busy = 0) {
  const told: (readonly [string, ...unknown[]])[] = [];
  const waits: number[] = [];
  let now = at(START.startedAt);
  const log = {
    begin: async (start: RunStart) => {
      told.push(['begin', start]);
      return 42;
    },
    end: async (id: number, end: RunEnd) => {
      if (busy-- > 0) throw new FirnError('unavailable', 'locked', { operation: 'end' });
      told.push(['end', id, end]);
    },
    note: async (start: RunStart, end: RunEnd) => void told.push(['note', start, end]),
  } as unknown as RunLog;
  const clock = {
    now: () => now,
    monotonic: () => now + 0.4,
    sleep: async (ms: number) => void waits.push(ms),
  };
  const work = async (): Promise<string> => {
    now += 5_400;
    return 'result';
  };
  return { told, waits, log, clock: clock as never, work };
}

const END = { ...FACTS, endedAt: '2026-06-03T02:00:05.400Z', durationMs: 5_400 };

test('a run is written down when it begins and when it ends, with its facts', async () => {
  const { told, log, clock, work } = world();
  const recorded = await recordRun(log, clock, PURPOSE, work, () => FACTS);
  assert.deepEqual(told, [
    ['begin', START],
    ['end', 42, END],
  ]);
  assert.deepEqual(recorded, { record: { ...START, id: 42, end: END }, ok: true, result: 'result' });
});

test('a run that fails is written down as failed, and gives its error', async () => {
  const { told, log, clock, work } = world();
  const error = new FirnError('locked', 'another run', { operation: 'lock', hint: 'Wait for it.' });
  const failing = async (): Promise<string> => {
    await work();
    throw error;
  };
  const recorded = await recordRun(log, clock, PURPOSE, failing, () => FACTS);
  assert.ok(!recorded.ok && recorded.error === error);
  const end = { outcome: 'locked', records: 0, remaining: null, tables: [] };
  const { endedAt, durationMs } = END;
  const message = 'another run. Wait for it.';
  assert.deepEqual(recorded.record.end, { ...end, message, endedAt, durationMs });
  assert.deepEqual(told.at(-1), ['end', 42, recorded.record.end]);
});

test('an end that cannot be written is tried again three times', async () => {
  const { told, waits, log, clock, work } = world(3);
  await recordRun(log, clock, PURPOSE, work, () => FACTS);
  assert.deepEqual(waits, [1_000, 5_000, 15_000]);
  assert.equal(told.length, 2);
  const never = world(4);
  await assert.rejects(
    recordRun(never.log, never.clock, PURPOSE, never.work, () => FACTS),
    { code: 'unavailable' },
  );
});

test('a run that did not begin is noted with its facts', async () => {
  const { told, log, clock } = world();
  const record = await recordMiss(log, clock, PURPOSE, FACTS);
  const end = { ...FACTS, endedAt: START.startedAt, durationMs: 0 };
  assert.deepEqual(told, [['note', START, end]]);
  assert.deepEqual(record, { ...START, id: 0, end });
});

test('an error says how the run ended', () => {
  const outcomes: Partial<Record<ErrorCode, string>> = {
    ...{ unavailable: 'busy', locked: 'locked', integrity: 'integrity', interrupted: 'stopped' },
    ...{ io: 'failed', database: 'failed', refused: 'failed' },
  };
  for (const [code, outcome] of Object.entries(outcomes)) {
    const facts = factsOfError(new FirnError(code as ErrorCode, 'why', { operation: 'x' }));
    assert.deepEqual(facts, { outcome, records: 0, remaining: null, tables: [], message: 'why' });
  }
  assert.deepEqual(factsOfError(new Error('broken')).outcome, 'failed');
  assert.deepEqual(factsOfError('text').message, 'text');
});
