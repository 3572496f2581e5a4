import { join } from 'node:path';
import { type Benchmark, type BenchOptions, type Figure, megabytes, seconds } from './benchmark.ts';
import { cutoffText, toolUses, workspace } from './fixtures.ts';
import { type Measured, measured, median } from './measured.ts';

const HERE = import.meta.dirname;

/** Firn end to end against the bare DELETE of the same rows, and against the loop one writes first. */
export const archive: Benchmark = {
  name: 'archive',
  about: 'firn archive all, as a process, on tool uses with ten indexes; nobody else writing',
  async run(options): Promise<Figure[]> {
    const source = toolUses(options.rows);
    const [bare, loop, firn] = [[] as Run[], [] as Run[], [] as Run[]];
    for (let i = 0; i < options.runs; i++) {
      bare.push(await yardstick(source, 'bare-delete.ts', options));
      firn.push(await archiveAll(source, options));
      loop.push(await yardstick(source, 'straight-loop.ts', options));
    }
    const time = (runs: readonly Run[]): number => median(runs.map(({ ms }) => ms));
    const rss = median(firn.map(({ maxRss }) => maxRss));
    return [
      {
        name: 'archive / bare DELETE',
        measured: seconds(time(firn)),
        yardstick: seconds(time(bare)),
        ratio: time(firn) / time(bare),
        target: { atMost: 1.25 },
      },
      {
        name: 'straight loop / archive',
        measured: seconds(time(loop)),
        yardstick: seconds(time(firn)),
        ratio: time(loop) / time(firn),
        target: { atLeast: 4 },
      },
      {
        name: 'memory / 200 MB',
        measured: megabytes(rss),
        yardstick: '200 MB',
        ratio: rss / 200e6,
        target: { atMost: 1 },
      },
    ];
  },
};

interface Run extends Measured {
  readonly rows: number;
}

async function yardstick(source: string, script: string, { say }: BenchOptions): Promise<Run> {
  using work = workspace(source);
  const run = await measured([
    process.execPath,
    join(HERE, 'yardsticks', script),
    ...[work.database, 'tool_uses', 'start_time', cutoffText(), join(work.folder, 'out.jsonl.gz')],
  ]);
  const { rows } = JSON.parse(run.stdout) as { rows: number };
  say(`${script}: ${rows} rows in ${seconds(run.ms)}, ${megabytes(run.maxRss)}`);
  return { ...run, rows };
}

/** One run of the real program on a copy of the database. */
export async function archiveAll(source: string, { say }: Pick<BenchOptions, 'say'>): Promise<Run> {
  using work = workspace(source);
  const args = [
    'archive',
    'all',
    '--json',
    '--db-path',
    work.database,
    '--archive-path',
    join(work.folder, 'archives'),
  ];
  const run = await measured([process.execPath, join(HERE, '..', 'bin', 'firn.js'), ...args]);
  const { total } = JSON.parse(run.stdout) as { total: number };
  say(`firn archive all: ${total} rows in ${seconds(run.ms)}, ${megabytes(run.maxRss)}`);
  return { ...run, rows: total };
}
