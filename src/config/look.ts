import type { HotReader } from '../hot/hot-store.ts';
import { FirnError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { SampleValue, TableLook } from './time-column.ts';

/** Reads the values of a table's columns in a few of its rows, by column. */
export type Sampler = (table: string) => ReadonlyMap<string, readonly SampleValue[]>;

/** Every table of a database as `proposeConfig` needs it. Tables that cannot be archived are left out. */
export async function lookAtTables(
  reader: Pick<HotReader, 'tables' | 'shape'>,
  sample: Sampler,
  now: Instant,
): Promise<readonly TableLook[]> {
  const looks: TableLook[] = [];
  for (const table of await reader.tables()) {
    const shape = await reader.shape(table).catch((error: unknown) => {
      if (error instanceof FirnError && error.code === 'refused') return null;
      throw error;
    });
    if (shape === null) continue;
    const { samples, problem } = trySample(sample, table);
    looks.push({ table, columns: shape.columns, samples, now, problem });
  }
  return looks;
}

/** A table that cannot be read does not hide the others. */
function trySample(sample: Sampler, table: string): Pick<TableLook, 'samples' | 'problem'> {
  try {
    return { samples: sample(table), problem: null };
  } catch (error) {
    if (error instanceof FirnError && error.code === 'database')
      return { samples: new Map(), problem: error.message };
    throw error;
  }
}
