import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import type { Compression } from '../src/model/policy/compression.ts';
import { shellWord } from '../src/operate/install/shell-words.ts';
import {
  type Benchmark,
  type BenchOptions,
  type Figure,
  megabytes,
  rowsPerSecond,
  seconds,
  type Target,
} from './benchmark.ts';
import { ratio, speedup } from './figures.ts';
import { cutoffText, toolUses, type Workspace, workspace } from './fixtures.ts';
import { type Timed, timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { isThere } from './tools.ts';
import { sameWork } from './yardsticks.ts';

const COPY_ONLY = fileURLToPath(new URL('./children/copy-only.ts', import.meta.url));

/** Reading, compressing, making durable and proving, without deleting, against the shell's way, which does the first two. */
export const copy: Benchmark = {
  name: 'copy',
  about:
    'due tool uses copied to sealed, verified segments, without deletion, against sqlite3 | gzip -6 and | pigz -6',
  async run(options): Promise<Figure[]> {
    using work = workspace(toolUses(options.rows));
    const what = 'the copy against it is';
    const shell = isThere('sqlite3', what, options);
    const compressors = (['gzip', 'pigz'] as const).filter(
      (program) => shell && isThere(program, what, options),
    );
    const rounds = await inRounds<Record<string, () => Promise<Timed>>>(options.runs, {
      firn: () => copyOnly(work, 'gzip', options),
      zstd: () => copyOnly(work, 'zstd', options),
      ...Object.fromEntries(compressors.map((program) => [program, () => pipeline(work, program, options)])),
    });
    if (compressors.length > 0)
      sameWork('copy', copied(rounds.firn![0]!).rows, await exportedRows(work), options);
    const against = (program: string, kind: 'firn' | 'zstd', target: Target): Figure => {
      const [firn, yardstick] = [rounds[kind]!, rounds[program]!].map((runs) => runs.map(({ ms }) => ms));
      const name = `sqlite3 | ${program} -6 / copy${kind === 'zstd' ? ', zstd' : ''}`;
      return speedup(name, { firn: firn!, yardstick: yardstick! }, seconds, target);
    };
    const [gzip, zstd] = [rounds.firn!, rounds.zstd!].map((runs) => runs.map((run) => copied(run).bytes));
    return [
      ...compressors.map((program) =>
        against(program, 'firn', program === 'pigz' ? { atLeast: 1.2 } : { better: 'more' }),
      ),
      ...compressors
        .filter((program) => program === 'pigz')
        .map((program) => against(program, 'zstd', { atLeast: 1.6 })),
      ratio('bytes, zstd / gzip', { firn: zstd!, yardstick: gzip! }, megabytes, { better: 'less' }),
    ];
  },
};

async function copyOnly(
  work: Workspace,
  compression: Compression,
  { say }: Pick<BenchOptions, 'say'>,
): Promise<Timed> {
  rmSync(work.archives, { recursive: true, force: true });
  const run = await timed([process.execPath, COPY_ONLY, work.database, work.archives, compression]);
  const { rows, bytes } = copied(run);
  say(
    `copy (${compression}): ${rows} rows in ${seconds(run.ms)}, ${rowsPerSecond(rows, run.ms)}, ${megabytes(bytes)}`,
  );
  return run;
}

function copied({ stdout }: Timed): { readonly rows: number; readonly bytes: number } {
  return JSON.parse(stdout);
}

async function pipeline(
  work: Workspace,
  compressor: 'gzip' | 'pigz',
  { say }: Pick<BenchOptions, 'say'>,
): Promise<Timed> {
  const run = await timedShell(`${sqlite3(work)} | ${compressor} -6 > ${shellWord(output(work))}`);
  say(`sqlite3 | ${compressor} -6: ${seconds(run.ms)}`);
  return run;
}

function output({ folder }: Workspace): string {
  return join(folder, 'lines.jsonl.gz');
}

async function exportedRows(work: Workspace): Promise<number> {
  return Number((await timedShell(`zcat ${shellWord(output(work))} | wc -l`)).stdout);
}

/** The same lines, in the order in which they are fastest read. */
function sqlite3({ database }: Workspace): string {
  const query = `SELECT json_object(${members(database)}, '_archived_at', '${new Date().toISOString()}')
    FROM tool_uses NOT INDEXED WHERE start_time < '${cutoffText()}'`;
  return `sqlite3 -batch ${shellWord(database)} ${shellWord(query)}`;
}

function members(database: string): string {
  using db = new DatabaseSync(database, { readOnly: true });
  const columns = db.prepare("SELECT name FROM pragma_table_info('tool_uses')").all() as { name: string }[];
  return columns.map(({ name }) => `'${name}', "${name}"`).join(', ');
}
