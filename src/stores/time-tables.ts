import { lookAtTables } from '../config/propose/look.ts';
import { findTimeColumn } from '../config/propose/time-column.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { Clock } from '../model/clock.ts';
import { instantOfMs } from '../model/instant.ts';
import type { HotBackend } from './hot-backend.ts';

/** Enough to see what a column's values are like. */
export const SAMPLED_ROWS = 300;

/** Whether a table has a column that the age of its rows can be taken from, as `firn init` judges it. */
export async function hasTimeColumn(
  hot: Pick<HotBackend, 'sampler'>,
  reader: Pick<HotReader, 'shape' | 'sideEffects'>,
  table: string,
  clock: Clock,
): Promise<boolean> {
  const one: Parameters<typeof lookAtTables>[0] = {
    tables: async () => [table],
    shape: (name) => reader.shape(name),
    sideEffects: (shape) => reader.sideEffects(shape),
  };
  const looks = await lookAtTables(one, await hot.sampler(SAMPLED_ROWS), instantOfMs(clock.now()));
  return looks.some((look) => findTimeColumn(look) !== null);
}
