import type { Config } from '../config/config.ts';
import { lookAtTables } from '../config/look.ts';
import { findTimeColumn } from '../config/time-column.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { Clock } from '../model/clock.ts';
import { sampler } from './open.ts';

/** Enough to see what a column's values are like. */
export const SAMPLED_ROWS = 300;

/** Tells whether a table has a column from which the age of its rows could count, as `firn init` judges it. A table that cannot be read has none. */
export function timeTables(
  config: Config,
  reader: Pick<HotReader, 'shape' | 'sideEffects'>,
  clock: Clock,
): (table: string) => Promise<boolean> {
  const sample = sampler(config, SAMPLED_ROWS);
  return async (table) => {
    const one: Parameters<typeof lookAtTables>[0] = {
      tables: async () => [table],
      shape: (name) => reader.shape(name),
      sideEffects: (shape) => reader.sideEffects(shape),
    };
    const looks = await lookAtTables(one, sample, clock.now() * 1000);
    return looks.some((look) => findTimeColumn(look) !== null);
  };
}
