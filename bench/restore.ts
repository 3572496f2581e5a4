import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { shellWord } from '../src/operate/install/shell-words.ts';
import {
  type Benchmark,
  type BenchOptions,
  type Figure,
  megabytes,
  rowsPerSecond,
  seconds,
} from './benchmark.ts';
import { promise, speedup } from './figures.ts';
import { archiveAll, firn } from './firn-process.ts';
import { cutoffText, toolUses, type Workspace, workspace } from './fixtures.ts';
import { type Measured, measured, type Timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { isThere } from './tools.ts';
import { sameWork } from './yardsticks.ts';

/** Exact values out of sealed files, each proven on the way, against SQLite's own import of the same rows as CSV: text, and no proof. */
export const restore: Benchmark = {
  name: 'restore',
  about:
    'firn restore tool_uses --into a new file with all ten indexes, against sqlite3 .import of a prepared CSV file and making the same indexes after it',
  async run(options): Promise<Figure[]> {
    if (!isThere('sqlite3', 'restore is', options)) return [];
    using work = workspace(toolUses(options.rows));
    await exportRows(work);
    await archiveAll(work);
    const rounds = await inRounds(options.runs, {
      import: () => importRows(work, options),
      restore: () => restoreRows(work, options),
    });
    sameWork('restore', rounds.restore[0]!.rows, rounds.import[0]!.rows, options);
    const [ours, theirs] = [rounds.restore, rounds.import].map((runs) => runs.map(({ ms }) => ms));
    return [
      speedup('sqlite3 .import / restore', { firn: ours!, yardstick: theirs! }, seconds, { atLeast: 0.9 }),
      promise(
        'restore, peak memory / 250 MB',
        rounds.restore.map(({ maxRss }) => maxRss),
        250e6,
        megabytes,
      ),
    ];
  },
};

type Run<T extends Timed = Timed> = T & { readonly rows: number };

async function restoreRows(work: Workspace, { say }: Pick<BenchOptions, 'say'>): Promise<Run<Measured>> {
  const into = fresh(work, 'restored.db');
  const run = await measured(firn(work, 'restore', 'tool_uses', '--into', into, '--json'));
  return counted('restore', into, run, say);
}

async function importRows(work: Workspace, { say }: Pick<BenchOptions, 'say'>): Promise<Run> {
  const into = fresh(work, 'imported.db');
  const { table, indexes } = ddl(work.database);
  const script = [
    `${table};`,
    `.import --csv ${csv(work)} tool_uses`,
    ...indexes.map((index) => `${index};`),
  ];
  const run = await timedShell(
    `printf '%s\\n' ${script.map(shellWord).join(' ')} | sqlite3 -bail ${shellWord(into)}`,
  );
  return counted('.import', into, run, say);
}

function counted<T extends Timed>(name: string, path: string, run: T, say: BenchOptions['say']): Run<T> {
  using db = new DatabaseSync(path);
  const { rows } = db.prepare('SELECT count(*) AS rows FROM tool_uses').get() as { rows: number };
  say(`${name}: ${rows} rows in ${seconds(run.ms)}, ${rowsPerSecond(rows, run.ms)}`);
  return { ...run, rows };
}

/** The rows that are to be archived, as CSV. */
async function exportRows(work: Workspace): Promise<void> {
  const query = `SELECT * FROM tool_uses WHERE start_time < '${cutoffText()}'`;
  await timedShell(
    `sqlite3 -batch -csv ${shellWord(work.database)} ${shellWord(query)} > ${shellWord(csv(work))}`,
  );
}

function csv({ folder }: Workspace): string {
  return join(folder, 'rows.csv');
}

function fresh({ folder }: Workspace, name: string): string {
  const path = join(folder, name);
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${ending}`, { force: true });
  return path;
}

function ddl(database: string): { readonly table: string; readonly indexes: readonly string[] } {
  using db = new DatabaseSync(database, { readOnly: true });
  const made = db
    .prepare("SELECT type, sql FROM sqlite_schema WHERE tbl_name = 'tool_uses' AND sql IS NOT NULL")
    .all() as { type: string; sql: string }[];
  return {
    table: made.find(({ type }) => type === 'table')!.sql,
    indexes: made.filter(({ type }) => type === 'index').map(({ sql }) => sql),
  };
}
