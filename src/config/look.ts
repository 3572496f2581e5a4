import type { HotReader } from '../hot/hot-store.ts';
import { FirnError } from '../model/errors.ts';
import { type SampleValue, type TableLook, timeCandidates } from './time-column.ts';

/** Reads the values of some columns in a few rows of a table, by column. */
export type Sampler = (
  table: string,
  columns: readonly string[],
) => ReadonlyMap<string, readonly SampleValue[]>;

/** Every table of a database as `proposeConfig` needs it. Tables that cannot be archived are left out. */
export async function lookAtTables(
  reader: Pick<HotReader, 'tables' | 'shape'>,
  sample: Sampler,
): Promise<readonly TableLook[]> {
  const looks: TableLook[] = [];
  for (const table of await reader.tables()) {
    const shape = await reader.shape(table).catch((error: unknown) => {
      if (error instanceof FirnError && error.code === 'refused') return null;
      throw error;
    });
    if (shape === null) continue;
    const { columns } = shape;
    looks.push({ table, columns, samples: sample(table, timeCandidates(columns)) });
  }
  return looks;
}
