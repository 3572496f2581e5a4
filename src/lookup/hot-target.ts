import type { HotStore } from '../hot/hot-store.ts';
import type { RestoreTarget } from '../hot/restore-target.ts';
import { sizes } from '../model/sizes.ts';

/** The hot database as the target of a restore. Its tables are the host's: they are taken as they are. */
export function hotTarget(store: HotStore): RestoreTarget {
  return {
    name: 'hot',
    isHot: true,
    batchRows: sizes.restoredHotRows,
    prepare: async ({ table }) => {
      const shape = await store.shape(table);
      return shape === null ? null : { shape, added: [] };
    },
    insert: async (shape, lines, how) => {
      const inserted = await store.rows.insert(shape, lines, how);
      await store.checkpoint();
      return inserted;
    },
    finish: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}
