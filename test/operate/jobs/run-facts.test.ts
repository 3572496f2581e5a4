import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ArchiveReport,
  TableReport,
  TableStatus,
} from '../../../src/lifecycle/archive/archive-report.ts';
import type { CleanupReport } from '../../../src/lifecycle/cleanup/cleanup-report.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { archiveFacts, withPaused } from '../../../src/operate/jobs/archive-facts.ts';
import { cleanupFacts, skippedCleanup } from '../../../src/operate/jobs/cleanup-facts.ts';
import { inTurn, jobsCovered, jobTables } from '../../../src/operate/jobs/job-tables.ts';
import type { StopCause } from '../../../src/operate/jobs/stopper.ts';
import { policyOf } from '../../support/worlds/small-database.ts';
import { history } from '../runs.ts';

const AS_OF = '2026-06-03T02:00:00.000Z';

function table(name: string, status: TableStatus, change: Partial<TableReport> = {}): TableReport {
  const kept = { changed: 1, open: 2, held: 4, leased: 8, lastId: 16, rule: 32, keepLast: 64 };
  return {
    ...{ table: name, status, records: 5, kept, undated: 3, cutoffDate: null },
    ...{ archiveFiles: [], bytes: 0, rawBytes: 0, durationMs: 0 },
    ...change,
  };
}

function report(tables: readonly TableReport[], reconciled: readonly object[] = []): ArchiveReport {
  const rest = { command: 'archive', dryRun: false, asOf: AS_OF, total: 10, warnings: [] } as const;
  return { ...rest, tables, reconciled: reconciled as ArchiveReport['reconciled'] };
}

const PUT_RIGHT = { action: 'finished', subject: 's', reason: 'r', records: 7 };
const ALARM = { action: 'alarm', subject: 'seg', reason: 'is away', records: 0 };
const BUDGET: StopCause = { kind: 'budget', reason: 'time is over' };

test('the history keeps the rows that left, by this run or one that it completed, and those that stayed', () => {
  const facts = archiveFacts(report([table('a', 'archived')], [PUT_RIGHT, PUT_RIGHT]), null, 9, true);
  assert.deepEqual(facts, {
    ...{ outcome: 'done', records: 24, remaining: 9, message: null },
    tables: [{ table: 'a', status: 'archived', records: 5, kept: 127, undated: 3 }],
  });
});

test('the outcome of an archive run is its worst', () => {
  const outcome = (statuses: readonly TableStatus[], cause: StopCause | null = null, extra: object[] = []) =>
    archiveFacts(
      report(
        statuses.map((status, at) => table(`t${at}`, status)),
        extra,
      ),
      cause,
      0,
      true,
    ).outcome;
  assert.equal(outcome(['archived', 'no_records', 'exempt', 'missing_table']), 'done');
  for (const status of ['error', 'partial', 'no_policy', 'paused'] as const)
    assert.equal(outcome(['archived', status]), 'partly', status);
  assert.equal(outcome(['error', 'error', 'missing_table']), 'failed');
  assert.equal(outcome(['missing_table']), 'done');
  assert.equal(outcome([]), 'done');
  assert.equal(outcome(['error', 'archived'], BUDGET), 'budget');
  assert.equal(outcome(['archived'], BUDGET, [ALARM]), 'integrity');
  const none = archiveFacts(report([table('a', 'missing_table')]), null, 4, false);
  assert.deepEqual([none.outcome, none.records, none.remaining, none.tables.length], ['failed', 0, null, 1]);
  assert.equal(archiveFacts(report([]), BUDGET, null, false).outcome, 'budget');
});

test('the message says what is wrong: alarms, else what ended the run, else the tables that failed', () => {
  const failing = [
    table('a', 'error', { message: 'no disk' }),
    table('b', 'partial'),
    table('c', 'archived'),
  ];
  const message = (cause: StopCause | null, extra: object[] = []) =>
    archiveFacts(report(failing, extra), cause, 0, true).message;
  assert.equal(message(null), 'a: no disk; b: failed');
  assert.equal(message(BUDGET), 'time is over');
  assert.equal(message(BUDGET, [ALARM]), 'seg: is away');
  assert.equal(message(BUDGET, [ALARM, PUT_RIGHT, ALARM]), 'seg: is away; seg: is away');
});

test('a table whose turn never came is paused when a pause or quiet hours ended the run, and nothing else', () => {
  const untouched = table('a', 'partial', { records: 0, message: 'stopped: time is over' });
  const begun = table('b', 'partial', { message: 'stopped: time is over' });
  const other = table('c', 'partial', { records: 0, message: 'another reason' });
  const done = table('d', 'archived', { records: 0, message: 'time is over' });
  const before = report([untouched, begun, other, done]);
  for (const kind of ['paused', 'quiet'] as const) {
    const { tables } = withPaused(before, { kind, reason: 'time is over' });
    assert.deepEqual(tables, [
      { ...untouched, status: 'paused', message: 'time is over' },
      begun,
      other,
      done,
    ]);
  }
  for (const kind of ['budget', 'stopped'] as const)
    assert.deepEqual(withPaused(before, { kind, reason: 'time is over' }).tables, before.tables);
  assert.deepEqual(withPaused(before, null).tables, before.tables);
});

function cleanup(change: Partial<CleanupReport>): CleanupReport {
  return { ...skippedCleanup(Date.parse(AS_OF), ''), ...change };
}

test('the history keeps what a cleanup moved and purged, and what was wrong', () => {
  const { consolidation, purge } = cleanup({});
  const moved = { consolidation: { ...consolidation, rows: 6 }, purge: { ...purge, rows: 4 } };
  assert.deepEqual(cleanupFacts(cleanup(moved), null), {
    ...{ outcome: 'done', records: 10, remaining: 0, tables: [], message: null },
  });
  const stopped = cleanupFacts(cleanup(moved), BUDGET);
  assert.deepEqual([stopped.outcome, stopped.remaining, stopped.message], ['budget', null, 'time is over']);
  const problems = [
    { path: 'a', message: 'no disk', alarm: false },
    { path: 'b', message: 'odd', alarm: false },
  ];
  const partly = cleanupFacts(cleanup({ problems }), null);
  assert.deepEqual([partly.outcome, partly.message], ['partly', 'a: no disk; b: odd']);
  assert.equal(cleanupFacts(cleanup({ problems }), BUDGET).outcome, 'budget');
  const reconciled = [ALARM, PUT_RIGHT] as unknown as CleanupReport['reconciled'];
  const alarmed = { problems: [...problems, { path: 'c', message: 'damaged', alarm: true }], reconciled };
  const alarm = cleanupFacts(cleanup(alarmed), BUDGET);
  assert.deepEqual([alarm.outcome, alarm.message], ['integrity', 'seg: is away; c: damaged']);
});

test('a cleanup that was held back moved nothing, and says why', () => {
  const nothing = { status: 'skipped', segments: 0, rows: 0, bytes: 0, kept: [] };
  assert.deepEqual(skippedCleanup(Date.parse(AS_OF), 'paused'), {
    ...{ command: 'cleanup', dryRun: false, asOf: AS_OF, problems: [], warnings: ['paused'], reconciled: [] },
    consolidation: { ...nothing, bundles: [], removedWarm: 0 },
    purge: { ...nothing, files: [] },
  });
});

const POLICIES = buildPolicySet(['a', 'b', 'c'].map((name) => policyOf(name)));

test('every managed table belongs to the daily or the weekly job', () => {
  assert.deepEqual(jobTables(POLICIES, ['B'], 'daily'), ['a', 'c']);
  assert.deepEqual(jobTables(POLICIES, ['B'], 'weekly'), ['b']);
  assert.deepEqual(jobTables(POLICIES, ['B'], 'monthly'), []);
});

test('a run does the work of the jobs whose tables it has all of', () => {
  assert.deepEqual(jobsCovered(POLICIES, ['b'], ['a', 'b', 'c']), ['daily', 'weekly']);
  assert.deepEqual(jobsCovered(POLICIES, ['b'], ['a', 'b']), ['weekly']);
  assert.deepEqual(jobsCovered(POLICIES, ['b'], ['c', 'a']), ['daily']);
  assert.deepEqual(jobsCovered(POLICIES, [], ['a', 'b', 'c']), ['daily']);
});

test('tables that had no turn for the longest time come first', () => {
  const [second, first] = history(
    ['2026-06-01T02:00:00Z', 'daily', 'budget'],
    ['2026-06-02T02:00:00Z', 'daily', 'budget'],
  );
  const turn = (name: string, status: string) => ({ table: name, status, records: 0, kept: 0, undated: 0 });
  const runs = [
    { ...second!, end: { ...second!.end!, tables: [turn('a', 'archived'), turn('b', 'paused')] } },
    { ...first!, end: { ...first!.end!, tables: [turn('b', 'partial'), turn('c', 'error')] } },
  ];
  assert.deepEqual(inTurn(['a', 'b', 'c'], runs), ['c', 'b', 'a']);
  assert.deepEqual(inTurn(['a', 'b', 'c'], []), ['a', 'b', 'c']);
  assert.deepEqual(inTurn(['a', 'c'], [{ ...second!, end: null }]), ['a', 'c']);
});
