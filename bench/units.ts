import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Benchmark, type BenchOptions, type Figure, megabytes, seconds } from './benchmark.ts';
import { ratio } from './figures.ts';
import { firn } from './firn-process.ts';
import { sessions, type Workspace, workspace } from './fixtures.ts';
import { type Measured, measured } from './measured.ts';
import { inRounds } from './rounds.ts';
import { sameWork } from './yardsticks.ts';

type Run = Measured & { readonly rows: number };

/** Rows that belong together against the same rows of the same tables, which are planned and drained one table after the other. */
export const units: Benchmark = {
  name: 'units',
  about:
    'firn archive all of sessions with their messages as units, to some of which bookmarks refer, against the same tables without units and references',
  async run(options): Promise<Figure[]> {
    const source = sessions(options.rows);
    const rounds = await inRounds(options.runs, {
      plainPlan: () => onSessions(source, 'plain', ['--dry-run'], options),
      unitsPlan: () => onSessions(source, 'units', ['--dry-run'], options),
      plain: () => onSessions(source, 'plain', [], options),
      units: () => onSessions(source, 'units', [], options),
    });
    sameWork('units', rounds.units[0]!.rows, rounds.plain[0]!.rows, options);
    const ms = (runs: readonly Run[]): number[] => runs.map((run) => run.ms);
    const processor = (runs: readonly Run[]): number[] => runs.map(({ processorMs }) => processorMs);
    const bytes = (runs: readonly Run[]): number[] => runs.map(({ maxRss }) => maxRss);
    const sides = (of: (runs: readonly Run[]) => number[], firn: readonly Run[], plain: readonly Run[]) => ({
      ...{ firn: of(firn), yardstick: of(plain) },
    });
    const { plainPlan, unitsPlan, plain, units: whole } = rounds;
    return [
      ratio('dry run of units / of plain tables', sides(ms, unitsPlan, plainPlan), seconds, { atMost: 1.25 }),
      ratio('archive of units / of plain tables', sides(ms, whole, plain), seconds, { atMost: 1.25 }),
      ratio('processor time of archive: units / plain tables', sides(processor, whole, plain), seconds, {
        atMost: 1.25,
      }),
      ratio('peak memory: units / plain tables', sides(bytes, whole, plain), megabytes, { atMost: 1.25 }),
    ];
  },
};

const POLICY = 'hot: 7d, warm: 90d, cold: 1y, time_column: ts';
const TABLES = {
  plain: `  session: { ${POLICY}, references: ignore }\n  message: { ${POLICY}, references: ignore }\n`,
  units: `  session: { ${POLICY} }\n  message: { with: session, by: session_id, references: keep }\n`,
};

/** One run on a copy of its own. Without bookmarks nothing refers to plain tables, and no references are counted. */
async function onSessions(
  source: string,
  kind: keyof typeof TABLES,
  words: readonly string[],
  { say }: Pick<BenchOptions, 'say'>,
): Promise<Run> {
  using work = workspace(source, { prepare: kind === 'units' ? '' : 'DROP TABLE bookmark' });
  const run = await archive(work, kind, words);
  say(`${[kind, ...words].join(' ')}: ${run.rows} rows in ${seconds(run.ms)}, ${megabytes(run.maxRss)}`);
  return run;
}

async function archive(work: Workspace, kind: keyof typeof TABLES, words: readonly string[]): Promise<Run> {
  const config = join(work.folder, 'firn.config.yaml');
  writeFileSync(config, `preset: none\ntables:\n${TABLES[kind]}`);
  const run = await measured(firn(work, 'archive', 'all', '--json', ...words, '--config', config));
  return { ...run, rows: (JSON.parse(run.stdout) as { total: number }).total };
}
