import { join } from 'node:path';
import { OBSERVABILITY_POLICIES } from '../src/model/policy/preset.ts';
import { shellWord } from '../src/operate/install/shell-words.ts';
import { type Benchmark, count, type Figure, seconds } from './benchmark.ts';
import { promise, speedup } from './figures.ts';
import { firn } from './firn-process.ts';
import { FOLDER, observability } from './fixtures.ts';
import { type Timed, timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { isThere } from './tools.ts';

/** Tables with an index on their time column. */
const INDEXED = OBSERVABILITY_POLICIES.filter(({ table }) => table !== 'assertion_chains');

/** Both commands only read, so they look at the source itself: a database from which nothing has ever been archived. */
export const status: Benchmark = {
  name: 'status',
  about: 'firn retention status and firn status on a large database of all six tables, most of it overdue',
  sizedBy: 'statusRows',
  async run({ statusRows, runs, say, warn }): Promise<Figure[]> {
    const work = { database: observability(statusRows), archives: join(FOLDER, 'no-archives') };
    const counted = isThere('sqlite3', 'status against counting the index entries is', { warn });
    const counts = INDEXED.map(
      ({ table, timeColumn }) => `SELECT count(*) FROM ${table} WHERE ${timeColumn} > '';`,
    ).join(' ');
    const rounds = await inRounds<Record<string, () => Promise<Timed>>>(runs, {
      retention: () => timed(firn(work, 'retention', 'status', '--json')),
      operating: () => timed(firn(work, 'status', '--json')),
      ...(counted
        ? { count: () => timedShell(`sqlite3 -batch ${shellWord(work.database)} ${shellWord(counts)}`) }
        : {}),
    });
    const ms = (name: string): number[] => rounds[name]?.map((run) => run.ms) ?? [];
    for (const name of Object.keys(rounds)) say(`${name}: ${ms(name).map(seconds).join(', ')}`);
    const [retention, operating] = [ms('retention'), ms('operating')];
    const on = `on ${count(statusRows)} rows`;
    // A bare count(*) only copies pages, without a look at their entries: what that takes against a program that looks, each machine answers otherwise.
    return [
      promise(`retention status ${on} / 1 s`, retention, 1000, seconds),
      promise(`status ${on} / 1 s`, operating, 1000, seconds),
      ...(counted
        ? [
            speedup(
              `counting the times in their indexes / retention status ${on}`,
              { firn: retention, yardstick: ms('count') },
              seconds,
              { better: 'more' },
            ),
          ]
        : []),
    ];
  },
};
