import type { Sampler } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { writesInWords } from '../../model/database/side-effects.ts';
import { FirnError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { TableShape } from '../../model/shape.ts';
import type { TableLook } from './table-look.ts';

/** Every table of a database as `proposeConfig` needs it. Tables that cannot be archived are left out. */
export async function lookAtTables(
  reader: Pick<HotReader, 'tables' | 'shape' | 'sideEffects'>,
  sampler: Sampler,
  now: Instant,
): Promise<readonly TableLook[]> {
  const looks: TableLook[] = [];
  for (const table of await reader.tables()) {
    const shape = await reader.shape(table).catch((error: unknown) => {
      if (error instanceof FirnError && error.code === 'refused') return null;
      throw error;
    });
    if (shape === null) continue;
    const found = trySample(sampler, table);
    const effects = await effectsOf(reader, shape);
    const columns = [...shape.columns, ...(shape.generated ?? [])];
    looks.push({ table, columns, ...found, now, effects });
  }
  return looks;
}

/** What keeps its rows from being deleted, in words; null when nothing does. */
async function effectsOf(reader: Pick<HotReader, 'sideEffects'>, shape: TableShape): Promise<string | null> {
  try {
    const { writes } = await reader.sideEffects(shape);
    return writes.length === 0 ? null : writesInWords(writes);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'refused') return error.message;
    throw error;
  }
}

/** A table that cannot be read does not hide the others. */
function trySample(
  sampler: Sampler,
  table: string,
): Pick<TableLook, 'samples' | 'problem' | 'indexed' | 'foreignKeys' | 'rows'> {
  try {
    return { samples: sampler.values(table), problem: null, ...sampler.facts(table) };
  } catch (error) {
    if (error instanceof FirnError && error.code === 'database')
      return { samples: new Map(), problem: error.message };
    throw error;
  }
}
