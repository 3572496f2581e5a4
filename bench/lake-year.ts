import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { shellWord } from '../src/operate/install/shell-words.ts';
import type { BenchOptions } from './benchmark.ts';
import { firn } from './firn-process.ts';
import { toolUses, type Workspace } from './fixtures.ts';
import { type Measured, measured, timed, timedShell } from './measured.ts';

/** An archived year with its lake. */
export interface Year extends Pick<Workspace, 'folder' | 'database' | 'archives'> {
  readonly config: string;
  /** For temporary files, so that they can be watched. */
  readonly temporary: string;
  /** All lines of the year in one gzip file. */
  readonly lines: string;
  /** Bytes of those lines. */
  readonly rawBytes: number;
  /** The run that made the lake of the whole year, when the year was made. */
  readonly conversion: Pick<Measured, 'ms' | 'maxRss'>;
  readonly execution: string;
  /** The first days of a month in the middle, and of the next. */
  readonly month: string;
  readonly next: string;
}

/** Rows of a day at least: below, a year has fewer days. */
const ROWS_A_DAY = 100;
const DAYS = 365;

/**
 * A year of tool uses, archived, its past months in bundles, with its lake. Making 3,000,000 rows takes ten minutes, so each is kept in the folder for
 * temporary files, whatever the day: delete `firn-bench-lake` there to make it again.
 */
export async function year({ rows, say }: Pick<BenchOptions, 'rows' | 'say'>): Promise<Year> {
  const days = Math.min(DAYS, Math.max(70, Math.floor(rows / ROWS_A_DAY)));
  const folder = join(tmpdir(), 'firn-bench-lake', `${rows}-${days}`);
  const made = placesIn(folder);
  if (!existsSync(made.about)) await make(folder, rows, days, say);
  else say(`the year is that in ${folder}`);
  const about = JSON.parse(readFileSync(made.about, 'utf8')) as Omit<Year, keyof Workspace>;
  mkdirSync(made.temporary, { recursive: true });
  return { ...made, ...about };
}

function placesIn(folder: string) {
  const names = {
    database: 'bench.db',
    archives: 'archives',
    config: 'firn.config.yaml',
    temporary: 'tmp',
    lines: 'lines.jsonl.gz',
    about: 'about.json',
  };
  const paths = Object.entries(names).map(([key, name]) => [key, join(folder, name)]);
  return { folder, ...(Object.fromEntries(paths) as typeof names) };
}

async function make(folder: string, rows: number, days: number, say: BenchOptions['say']): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const places = placesIn(folder);
  say(`making a year of ${rows} rows in ${folder}`);
  copyFileSync(toolUses(rows, days), places.database);
  writeFileSync(places.config, 'lake: true\n');
  const run = (...words: string[]) => timed(firn(places, ...words, '--config', places.config));
  const { stdout } = await timed(firn(places, 'archive', 'all', '--json'));
  const rawBytes = (JSON.parse(stdout) as { tables: { raw_bytes: number }[] }).tables.reduce(
    (sum, { raw_bytes: bytes }) => sum + bytes,
    0,
  );
  await timedShell(`cat ${shellWord(places.archives)}/warm/*/tool_uses*.gz > ${shellWord(places.lines)}`);
  // There is nothing to archive any more: this run only makes the lake.
  const { ms, maxRss } = await measured(firn(places, 'archive', 'all', '--config', places.config));
  await run('cleanup', 'archives', '--consolidate-only', '--json');
  using db = new DatabaseSync(places.database, { readOnly: true });
  const [first] = db
    .prepare("SELECT min(min_time) AS t FROM _firn_receipts WHERE state = 'archived'")
    .all() as { t: number }[];
  const begin = new Date(first!.t / 1000);
  const monthAt = (add: number): string =>
    new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + add, 1)).toISOString().slice(0, 10);
  const middle = Math.min(6, Math.floor(days / 60));
  const execution = JSON.parse(
    (await run('search', '--table', 'tool_uses', '--limit', '1', '--oldest', '--format', 'jsonl')).stdout,
  ).row.execution_id as string;
  const about = {
    rawBytes,
    conversion: { ms, maxRss },
    execution,
    month: monthAt(middle),
    next: monthAt(middle + 1),
  };
  writeFileSync(`${places.about}.new`, JSON.stringify(about));
  renameSync(`${places.about}.new`, places.about);
}
