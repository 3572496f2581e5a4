import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Benchmark, count, type Figure, megabytes, milliseconds } from './benchmark.ts';
import { promise, ratio } from './figures.ts';
import { bareFirn } from './firn-process.ts';
import { FRESH_DAYS, toolUses, workspace } from './fixtures.ts';
import { type Measured, measured } from './measured.ts';
import { inRounds } from './rounds.ts';

const ROWS_EACH = 100;
/** A database for so many rows of the option. */
const ROWS_PER_DATABASE = 1000;
/** With how many databases memory is compared. */
const FEW = 10;

interface Summary {
  readonly done: number;
  readonly idle: number;
}

/** One configuration for many databases in which there is nothing to do. */
export const databases: Benchmark = {
  name: 'databases',
  about: 'firn job over many small databases: first visits, and idle ones that are left out',
  async run({ rows, runs, say, warn }): Promise<Figure[]> {
    using work = workspace(toolUses(ROWS_EACH, FRESH_DAYS));
    const many = Math.max(1, Math.round(rows / ROWS_PER_DATABASE));
    const all = configuration(work, 'all', many);
    const few = configuration(work, 'few', Math.min(FEW, many));
    const first = await job(all);
    await job(few);
    // File times of the first visits have to be old enough to be trusted.
    await delay(2_500);
    const second = await job(all);
    await job(few);
    const rounds = await inRounds(runs, { all: () => job(all), few: () => job(few) });
    for (const { summary } of rounds.all)
      if (summary.idle !== many) warn(`databases: ${many - summary.idle} of ${many} were due`);
    say(
      `first visits: ${milliseconds(first.ms / many)} each; looked at again: ${milliseconds(second.ms / many)}`,
    );
    // Without the start of the program.
    const further = Math.max(1, many - FEW);
    const each = rounds.all.map(({ ms }, round) => Math.max(0, ms - rounds.few[round]!.ms) / further);
    const bytes = (of: readonly Measured[]): number[] => of.map(({ maxRss }) => maxRss);
    const named = `${count(many)} databases`;
    return [
      promise(`${named}, each further idle one / 5 ms`, each, 5, milliseconds),
      promise(`${named}, time of each first visit / 1 s`, [first.ms / many], 1000, milliseconds, {
        better: 'less',
      }),
      promise(`${named}, memory of first visits / 200 MB`, [first.maxRss], 200e6, megabytes),
      ratio(
        `memory with ${named} idle / with ${FEW}`,
        { firn: bytes(rounds.all), yardstick: bytes(rounds.few) },
        megabytes,
        { atMost: 1.25 },
      ),
    ];
  },
};

function configuration(
  { folder, database }: { folder: string; database: string },
  name: string,
  many: number,
): string {
  for (let at = 0; at < many; at++) {
    const own = join(folder, name, `agent-${at}`);
    mkdirSync(own, { recursive: true });
    copyFileSync(database, join(own, 'ideas.db'));
  }
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `databases: ["${name}/*/ideas.db"]\narchives: archives-${name}\n`);
  return file;
}

async function job(config: string): Promise<Measured & { readonly summary: Summary }> {
  const run = await measured(bareFirn('job', '--config', config));
  return { ...run, summary: (JSON.parse(run.stdout) as { summary: Summary }).summary };
}
