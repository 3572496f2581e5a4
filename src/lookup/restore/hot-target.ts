import type { HotStore } from '../../hot/hot-store.ts';
import type { RestoreTarget } from '../../hot/restore-target.ts';
import { generatedIn, withGenerated } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';

/** Runs one write transaction about so many rows, and then leaves the database to others for a while. */
export type Rest = <T>(write: () => Promise<T>, rows: number) => Promise<T>;

const noRest: Rest = (write) => write();

/**
 * The hot database as the target of a restore. Its tables are the host's: they are taken as they are.
 * @param rowsOf rows for the next transaction, at most so many.
 */
export function hotTarget(
  store: HotStore,
  rest: Rest = noRest,
  rowsOf: (most: number) => number = (most) => most,
): RestoreTarget {
  return {
    name: 'hot',
    dialect: store.dialect,
    isHot: true,
    get batchRows() {
      return rowsOf(sizes.restoredHotRows);
    },
    prepare: async ({ table, columns }) => {
      const shape = await store.shape(table);
      return shape === null ? null : { shape: withGenerated(shape, generatedIn(columns)), added: [] };
    },
    insert: async (shape, lines, how) => {
      return await rest(async () => {
        const inserted = await store.rows.insert(shape, lines, how);
        await store.checkpoint();
        return inserted;
      }, lines.length);
    },
    finish: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}
