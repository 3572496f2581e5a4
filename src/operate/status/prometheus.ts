import { Gauge, Registry } from 'prom-client';
import { JOB_NAMES, type RunOutcome } from '../../hot/run-log.ts';
import type { OperatingStatus } from './operating-state.ts';

const OUTCOMES: readonly RunOutcome[] = [
  'done',
  'budget',
  'partly',
  'failed',
  'integrity',
  'busy',
  'locked',
  'paused',
  'quiet',
  'stopped',
  'died',
];

type Sample = readonly [value: number, labels?: Readonly<Record<string, string>>];

/** A status in the text format of Prometheus. Instants are seconds since the epoch, sizes bytes. */
export async function renderMetrics(status: OperatingStatus): Promise<string> {
  const registry = new Registry();
  const add = (name: string, help: string, samples: readonly Sample[]): void => {
    if (samples.length === 0) return;
    const labelNames = Object.keys(samples[0]![1] ?? {});
    const gauge = new Gauge({ name: `firn_${name}`, help, labelNames, registers: [registry] });
    for (const [value, labels] of samples) gauge.set({ ...labels }, value);
  };
  addState(add, status);
  addJobs(add, status);
  addTables(add, status);
  addSizes(add, status);
  return await registry.metrics();
}

type Add = (name: string, help: string, samples: readonly Sample[]) => void;

function addState(add: Add, status: OperatingStatus): void {
  const { health, scheduler, lock, pause, asOf, alarms, acknowledged } = status;
  add('up', '1: the database and its archives could be read.', [[1]]);
  add('status_timestamp_seconds', 'When these figures were gathered.', [[seconds(asOf)]]);
  add('healthy', '1: nothing needs attention.', [[Number(health.level === 'ok')]]);
  add('integrity_alarms', 'Ways in which the archives do not hold what they should.', [[alarms.length]]);
  add('alarms', 'Integrity alarms that are not resolved.', [
    [alarms.length, { state: 'open' }],
    [acknowledged.length, { state: 'acknowledged' }],
  ]);
  add('paused', '1: somebody paused the jobs.', [[Number(pause !== null)]]);
  add('scheduler_up', '1: a firn run is at work on this database.', [[Number(scheduler !== null)]]);
  add('run_in_progress', '1: a run holds the lock.', [[Number(lock !== null)]]);
}

function addJobs(add: Add, { jobs, backlogs }: OperatingStatus): void {
  add(
    'job_scheduled',
    '1: the job is part of the schedule.',
    JOB_NAMES.map((job) => [Number(jobs.some((state) => state.job === job)), { job }]),
  );
  add(
    'job_overdue',
    '1: the job should have run and did not.',
    jobs.map(({ job, overdueSince }) => [Number(overdueSince !== null), { job }]),
  );
  add(
    'job_next_start_timestamp_seconds',
    'When the job starts next; in the past when it only waits for its turn.',
    jobs.flatMap(({ job, nextStart }) => (nextStart === null ? [] : [[nextStart / 1000, { job }] as const])),
  );
  add(
    'job_last_success_timestamp_seconds',
    'When the job last began a run that did what it was to do; 0: never.',
    jobs.map(({ job, lastSuccess }) => [lastSuccess === null ? 0 : seconds(lastSuccess.startedAt), { job }]),
  );
  const ran = jobs.flatMap(({ job, lastRun }) => (lastRun === null ? [] : [{ job, run: lastRun }]));
  add(
    'job_last_run_timestamp_seconds',
    'When the job last began a run, whatever came of it.',
    ran.map(({ job, run }) => [seconds(run.startedAt), { job }]),
  );
  add(
    'job_last_duration_seconds',
    "How long the job's last run took.",
    ran.map(({ job, run }) => [(run.end?.durationMs ?? 0) / 1000, { job }]),
  );
  add(
    'job_last_records',
    "Rows that left their tier in the job's last run.",
    ran.map(({ job, run }) => [run.end?.records ?? 0, { job }]),
  );
  add(
    'job_last_outcome',
    "1 for the outcome of the job's last run.",
    ran.flatMap(({ job, run }) =>
      OUTCOMES.map((outcome) => [Number(run.end?.outcome === outcome), { job, outcome }] as const),
    ),
  );
  add(
    'job_backlog_rows',
    'Due rows that the time budget of the last run left.',
    jobs.map(({ job }) => [backlogs.find((backlog) => backlog.job === job)?.rows ?? 0, { job }]),
  );
}

function addTables(add: Add, { tables, overdue }: OperatingStatus): void {
  const looked = tables.filter(({ problem }) => problem === null);
  add(
    'table_readable',
    '1: the table could be looked at.',
    tables.map(({ table, problem }) => [Number(problem === null), { table }]),
  );
  add(
    'table_rows',
    'Rows in the database.',
    looked.map(({ table, total }) => [total, { table }]),
  );
  add(
    'table_due_rows',
    'Rows past their hot time that are still in the database.',
    looked.map(({ table, due }) => [due, { table }]),
  );
  add(
    'table_due_rows_bound',
    'What table_due_rows is at least and at most: the same where it is exact.',
    looked.flatMap(({ table, due, dueBound }) => [
      [dueBound?.atLeast ?? due, { table, bound: 'at_least' }] as const,
      [dueBound?.atMost ?? due, { table, bound: 'at_most' }] as const,
    ]),
  );
  add(
    'table_behind_seconds',
    'How long the oldest due row has been due.',
    looked.map(({ table, behindMs }) => [behindMs / 1000, { table }]),
  );
  add(
    'table_overdue',
    '1: rows are due for longer than the schedule explains.',
    looked.map(({ table, overdue }) => [Number(overdue), { table }]),
  );
  add(
    'overdue_rows',
    'Rows that should have left their tier longer ago than the schedule explains.',
    (['archive', 'consolidate', 'purge'] as const).map((what) => {
      const rows = overdue.filter((one) => one.what === what).reduce((sum, one) => sum + one.rows, 0);
      return [rows, { what }];
    }),
  );
  add(
    'table_kept_rows',
    'Rows past their hot time that stay on purpose.',
    looked.flatMap(({ table, open, held, leased, lastId }) => [
      [open, { table, reason: 'open' }] as const,
      [held, { table, reason: 'held' }] as const,
      [leased, { table, reason: 'leased' }] as const,
      [lastId, { table, reason: 'last_id' }] as const,
    ]),
  );
  add(
    'table_undated_rows',
    'Rows whose time cannot be understood; they never move.',
    looked.map(({ table, undated }) => [undated, { table }]),
  );
}

function addSizes(add: Add, { sizes, warm, cold }: OperatingStatus): void {
  add('database_bytes', 'Size of the database file.', [[sizes.databaseBytes]]);
  add('database_wal_bytes', 'Size of its write-ahead log.', [[sizes.walBytes]]);
  const tiers = [
    ['warm', warm],
    ['cold', cold],
  ] as const;
  add(
    'archive_rows',
    'Rows in the archives.',
    tiers.map(([tier, { rows }]) => [rows, { tier }]),
  );
  add(
    'archive_bytes',
    'Size of the archives.',
    tiers.map(([tier, { bytes }]) => [bytes, { tier }]),
  );
  add(
    'archive_files',
    'Files of the archives.',
    tiers.map(([tier, { files }]) => [files, { tier }]),
  );
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

/** What is told when nothing could be read: that, and nothing that looks like a figure. */
export function renderBlindMetrics(): string {
  return '# HELP firn_up 1: the database and its archives could be read.\n# TYPE firn_up gauge\nfirn_up 0\n';
}
