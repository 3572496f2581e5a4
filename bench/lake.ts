import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../src/operate/install/shell-words.ts';
import { type Benchmark, type BenchOptions, type Figure, megabytes, seconds } from './benchmark.ts';
import { promise, ratio, speedup } from './figures.ts';
import { firn } from './firn-process.ts';
import { type Year, year } from './lake-year.ts';
import { type Measured, measured, type Timed, timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { clickHouseFolder } from './tools.ts';

/** Of the questions, but of the text filter on `output`. */
const QUESTION_MS = 500;
const OUTPUT_MS = 4_000;
const EXPORT_BYTES = 300e6;
const CONVERSION_BYTES = 250e6;
const CONVERSION_RATE = 100e6;

/** What is asked, in the words of DuckDB, and what ClickHouse says otherwise. */
interface Question {
  readonly name: string;
  readonly sql: string;
  readonly clickHouse?: string;
  readonly promisedMs: number;
}

/** Questions over a year of tool uses in the lake, and what the lake costs. */
export const lake: Benchmark = {
  name: 'lake',
  about:
    'firn sql over a year of tool uses with the lake, process start included, against ClickHouse (chdb) on the same Parquet files; conversion of the year, and its export as Parquet',
  async run(options): Promise<Figure[]> {
    const made = await year(options);
    return [
      ...(await questions(made, options)),
      ...converting(made, options),
      ...(await exporting(made, options)),
    ];
  },
};

function questionsOf({ execution, month, next }: Year): readonly Question[] {
  const all = [
    { name: 'count by tool', sql: 'SELECT tool, count(*) FROM tool_uses GROUP BY 1' },
    {
      name: 'daily error rate',
      sql: 'SELECT substr(start_time, 1, 10) AS day, avg(is_error) FROM tool_uses GROUP BY 1 ORDER BY 1',
    },
    {
      name: 'p95 of a month',
      sql: `SELECT quantile_cont(duration_ms, 0.95) FROM tool_uses WHERE start_time >= '${month}' AND start_time < '${next}'`,
      clickHouse: `SELECT quantileExact(0.95)(duration_ms) FROM tool_uses WHERE start_time >= '${month}' AND start_time < '${next}'`,
    },
    {
      name: 'one execution',
      sql: `SELECT count(*), min(start_time), max(start_time) FROM tool_uses WHERE execution_id = '${execution}'`,
    },
    { name: 'text in a summary', sql: "SELECT count(*) FROM tool_uses WHERE output_summary LIKE '%FAILED%'" },
    {
      name: 'text in output',
      sql: "SELECT count(*) FROM tool_uses WHERE output LIKE '%FAILED%'",
      promisedMs: OUTPUT_MS,
    },
  ];
  return all.map((question) => ({ promisedMs: QUESTION_MS, ...question }));
}

async function questions(made: Year, options: BenchOptions): Promise<Figure[]> {
  const clickHouse = clickHouseFolder('lake against ClickHouse', options);
  const figures: Figure[] = [];
  for (const question of questionsOf(made)) {
    const ours = (): Promise<Timed> =>
      timed(firn(made, 'sql', question.sql, '--config', made.config, '--format', 'jsonl'));
    const theirs = (): Promise<Timed | null> =>
      clickHouse === null
        ? Promise.resolve(null)
        : askClickHouse(clickHouse, made, question.clickHouse ?? question.sql);
    const rounds = await inRounds(options.runs, { ours, theirs });
    const firnMs = rounds.ours.map(({ ms }) => ms);
    figures.push(promise(question.name, firnMs, question.promisedMs, seconds));
    const others = rounds.theirs.flatMap((run) => (run === null ? [] : [run.ms]));
    if (others.length > 0)
      figures.push(
        ratio(`${question.name} / ClickHouse`, { firn: firnMs, yardstick: others }, seconds, { atMost: 1.2 }),
      );
    const lines = (text = ''): number => text.split('\n').length - 1;
    options.say(
      `${question.name}: ${seconds(firnMs[0]!)}, ${lines(rounds.ours[0]?.stdout)} rows; ClickHouse ${seconds(others[0] ?? 0)}, ${lines(rounds.theirs[0]?.stdout)} rows`,
    );
  }
  return figures;
}

/** The database rows are not in these files: Firn answers for a week more. */
async function askClickHouse(folder: string, { archives }: Year, sql: string): Promise<Timed> {
  const files = `file('${archives}/lake/_table=tool_uses/*/*.parquet', 'Parquet')`;
  const child = join(import.meta.dirname, 'children', 'ask-clickhouse.mjs');
  const settings = 'SETTINGS use_hive_partitioning = 0';
  return await timed([process.execPath, child, folder, `${sql.replace('tool_uses', files)} ${settings}`]);
}

/** As it was measured when the year was made. */
function converting({ rawBytes, conversion: { ms, maxRss } }: Year, { say }: BenchOptions): Figure[] {
  const rate = rawBytes / (ms / 1000);
  say(`conversion: ${megabytes(rawBytes)} of lines in ${seconds(ms)}, ${megabytes(maxRss)} of memory`);
  return [
    promise('conversion, per second', [rate], CONVERSION_RATE, megabytes, { atLeast: 1 }),
    promise('memory of the conversion', [maxRss], CONVERSION_BYTES, megabytes),
  ];
}

async function exporting(made: Year, options: BenchOptions): Promise<Figure[]> {
  const zcat = `zcat -f ${shellWord(made.lines)} | tail -c 1 > /dev/null`;
  const rounds = await inRounds(1, { export: () => exportYear(made), zcat: () => timedShell(zcat) });
  const [run] = rounds.export as [Exported];
  options.say(
    `export: ${seconds(run.ms)}, ${megabytes(run.maxRss)} of memory, ${megabytes(run.spilled)} spilled`,
  );
  const sides = { firn: rounds.export.map(({ ms }) => ms), yardstick: rounds.zcat.map(({ ms }) => ms) };
  return [
    { ...speedup('zcat / export', sides, seconds, { better: 'more' }), unguarded: true },
    promise('memory of the export', [run.maxRss], EXPORT_BYTES, megabytes),
    promise('spilled by the export', [run.spilled], 1e6, megabytes),
  ];
}

type Exported = Measured & { readonly spilled: number };

/** The export, and the most that DuckDB had in temporary files meanwhile. */
async function exportYear(made: Year): Promise<Exported> {
  const output = join(made.folder, 'export.parquet');
  rmSync(output, { force: true });
  let spilled = 0;
  const watch = setInterval(() => {
    spilled = Math.max(spilled, spilledIn(made.temporary));
  }, 50);
  try {
    const words = ['export', 'tool_uses', '--format', 'parquet', '--output', output, '--config', made.config];
    const run = await measured(firn(made, ...words), { TMPDIR: made.temporary });
    return { ...run, spilled };
  } finally {
    clearInterval(watch);
    rmSync(output, { force: true });
  }
}

function spilledIn(folder: string): number {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.includes('duckdb_temp'))
    .reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}
