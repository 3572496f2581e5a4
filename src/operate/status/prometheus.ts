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
  const page = new MetricsPage();
  addStatus(page.adder({}), status);
  return await page.text();
}

/** The statuses of several databases, each sample with the label `database`; null for one that could not be read. */
export class DatabasesMetrics {
  readonly #page = new MetricsPage();

  add(database: string, status: OperatingStatus | null): void {
    const add = this.#page.adder({ database });
    if (status === null) addUp(add, false);
    else addStatus(add, status);
  }

  /** @param problems how many entries of `databases`, and archives without a database, need attention. */
  async text(problems: number): Promise<string> {
    this.#page.adder({})(
      'databases_problems',
      'Entries of databases without a match, and archives without a database.',
      [[problems]],
    );
    return await this.#page.text();
  }
}

/** Gauges by name: those of several databases are one gauge, told apart by a label. */
class MetricsPage {
  readonly #registry = new Registry();
  readonly #gauges = new Map<string, Gauge>();

  adder(labels: Readonly<Record<string, string>>): Add {
    return (name, help, samples) => {
      if (samples.length === 0) return;
      const labelNames = [...Object.keys(labels), ...Object.keys(samples[0]![1] ?? {})];
      const known = this.#gauges.get(name);
      const gauge =
        known ?? new Gauge({ name: `firn_${name}`, help, labelNames, registers: [this.#registry] });
      this.#gauges.set(name, gauge);
      for (const [value, own] of samples) gauge.set({ ...labels, ...own }, value);
    };
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

function addStatus(add: Add, status: OperatingStatus): void {
  addState(add, status);
  addJobs(add, status);
  addTables(add, status);
  addSizes(add, status);
}

function addUp(add: Add, isUp: boolean): void {
  add('up', 'Whether the database and the archives could be read (1 or 0).', [[Number(isUp)]]);
}

type Add = (name: string, help: string, samples: readonly Sample[]) => void;

function addState(add: Add, status: OperatingStatus): void {
  const { health, scheduler, lock, pause, asOf, alarms, acknowledged } = status;
  addUp(add, true);
  add('status_timestamp_seconds', 'Time when these metrics were collected.', [[seconds(asOf)]]);
  add('healthy', 'Whether nothing needs attention (1 or 0).', [[Number(health.level === 'ok')]]);
  add('integrity_alarms', 'Number of integrity problems of the archives.', [[alarms.length]]);
  add('alarms', 'Number of open integrity alarms.', [
    [alarms.length, { state: 'open' }],
    [acknowledged.length, { state: 'acknowledged' }],
  ]);
  add('paused', 'Whether the jobs are paused (1 or 0).', [[Number(pause !== null)]]);
  add('scheduler_up', 'Whether a firn run process is running for this database (1 or 0).', [
    [Number(scheduler !== null)],
  ]);
  add('run_in_progress', 'Whether a run holds the lock (1 or 0).', [[Number(lock !== null)]]);
}

function addJobs(add: Add, { jobs, backlogs }: OperatingStatus): void {
  add(
    'job_scheduled',
    'Whether the job is scheduled (1 or 0).',
    JOB_NAMES.map((job) => [Number(jobs.some((state) => state.job === job)), { job }]),
  );
  add(
    'job_overdue',
    'Whether the job did not run at its scheduled time (1 or 0).',
    jobs.map(({ job, overdueSince }) => [Number(overdueSince !== null), { job }]),
  );
  add(
    'job_next_start_timestamp_seconds',
    'Time of the next start of the job. In the past if the job waits for another job.',
    jobs.flatMap(({ job, nextStart }) => (nextStart === null ? [] : [[nextStart / 1000, { job }] as const])),
  );
  add(
    'job_last_success_timestamp_seconds',
    'Start time of the last successful run of the job; 0 if there is none.',
    jobs.map(({ job, lastSuccess }) => [lastSuccess === null ? 0 : seconds(lastSuccess.startedAt), { job }]),
  );
  const ran = jobs.flatMap(({ job, lastRun }) => (lastRun === null ? [] : [{ job, run: lastRun }]));
  add(
    'job_last_run_timestamp_seconds',
    'Start time of the last run of the job.',
    ran.map(({ job, run }) => [seconds(run.startedAt), { job }]),
  );
  add(
    'job_last_duration_seconds',
    'Duration of the last run of the job.',
    ran.map(({ job, run }) => [(run.end?.durationMs ?? 0) / 1000, { job }]),
  );
  add(
    'job_last_records',
    'Rows that the last run of the job archived, moved or purged.',
    ran.map(({ job, run }) => [run.end?.records ?? 0, { job }]),
  );
  const asked = ran.flatMap(({ job, run }) =>
    run.end?.traffic === undefined ? [] : [{ job, traffic: run.end.traffic }],
  );
  add(
    'job_last_archive_requests',
    'Requests of the last run of the job to the server of the archives, by kind.',
    asked.flatMap(({ job, traffic }) =>
      Object.entries(traffic.requests).map(([kind, count]) => [count, { job, kind }] as const),
    ),
  );
  add(
    'job_last_archive_bytes',
    'Bytes that the last run of the job sent to and received from the server of the archives.',
    asked.flatMap(({ job, traffic }) => [
      [traffic.sentBytes, { job, direction: 'sent' }] as const,
      [traffic.receivedBytes, { job, direction: 'received' }] as const,
    ]),
  );
  add(
    'job_last_outcome',
    'Outcome of the last run of the job (1 for the current outcome).',
    ran.flatMap(({ job, run }) =>
      OUTCOMES.map((outcome) => [Number(run.end?.outcome === outcome), { job, outcome }] as const),
    ),
  );
  add(
    'job_backlog_rows',
    'Backlog: rows that the last run did not process within its maximum runtime.',
    jobs.map(({ job }) => [backlogs.find((backlog) => backlog.job === job)?.rows ?? 0, { job }]),
  );
}

function addTables(add: Add, { tables, overdue }: OperatingStatus): void {
  const looked = tables.filter(({ problem }) => problem === null);
  add(
    'table_readable',
    'Whether the table could be read (1 or 0).',
    tables.map(({ table, problem }) => [Number(problem === null), { table }]),
  );
  add(
    'table_rows',
    'Rows in the database.',
    looked.map(({ table, total }) => [total, { table }]),
  );
  add(
    'table_due_rows',
    'Rows in the database that are ready to be archived.',
    looked.map(({ table, due }) => [due, { table }]),
  );
  add(
    'table_due_rows_bound',
    'Lower and upper bound of table_due_rows; equal if the count is exact.',
    looked.flatMap(({ table, due, dueBound }) => [
      [dueBound?.atLeast ?? due, { table, bound: 'at_least' }] as const,
      [dueBound?.atMost ?? due, { table, bound: 'at_most' }] as const,
    ]),
  );
  add(
    'table_behind_seconds',
    'Time since the oldest of these rows became ready to be archived.',
    looked.map(({ table, behindMs }) => [behindMs / 1000, { table }]),
  );
  add(
    'table_overdue',
    'Whether the table has overdue rows (1 or 0).',
    looked.map(({ table, overdue }) => [Number(overdue), { table }]),
  );
  add(
    'overdue_rows',
    'Overdue rows: the scheduled jobs should have moved or purged them.',
    (['archive', 'consolidate', 'purge'] as const).map((what) => {
      const rows = overdue.filter((one) => one.what === what).reduce((sum, one) => sum + one.rows, 0);
      return [rows, { what }];
    }),
  );
  add(
    'table_kept_rows',
    'Rows older than the hot time that stay in the database, by reason.',
    looked.flatMap(({ table, open, held, leased, lastId }) => [
      [open, { table, reason: 'open' }] as const,
      [held, { table, reason: 'held' }] as const,
      [leased, { table, reason: 'leased' }] as const,
      [lastId, { table, reason: 'last_id' }] as const,
    ]),
  );
  add(
    'table_undated_rows',
    'Rows with a missing or invalid timestamp. They are never archived.',
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
    'archive_up',
    'Whether the location of the tier is there (1 or 0).',
    tiers.map(([tier, { away }]) => [Number(away === null), { tier }]),
  );
  add(
    'archive_rows',
    'Number of archived rows.',
    tiers.map(([tier, { rows }]) => [rows, { tier }]),
  );
  add(
    'archive_bytes',
    'Size of the archive files.',
    tiers.map(([tier, { bytes }]) => [bytes, { tier }]),
  );
  add(
    'archive_files',
    'Number of archive files.',
    tiers.map(([tier, { files }]) => [files, { tier }]),
  );
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1000;
}

/** What is told when nothing could be read: that, and nothing that looks like a figure. */
export function renderBlindMetrics(): string {
  return '# HELP firn_up Whether the database and the archives could be read (1 or 0).\n# TYPE firn_up gauge\nfirn_up 0\n';
}
