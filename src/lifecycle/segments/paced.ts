import type { HotStore } from '../../hot/hot-store.ts';
import type { Clock } from '../../model/clock.ts';
import type { Pacer } from './pacer.ts';

/** Sizes write transactions of the hot store, and leaves the database to others between them, as the pace of the run asks. */
export interface Paced {
  /**
   * Runs one write transaction.
   * @param rowsOf how many rows it was about.
   */
  <T>(write: () => Promise<T>, rowsOf: (result: T) => number): Promise<T>;
  /** Rows for the next one, at most so many. */
  rows(most: number): number;
}

export function pacedBy(run: {
  readonly store: HotStore;
  readonly clock: Clock;
  readonly pacer: Pacer;
}): Paced {
  const { store, clock, pacer } = run;
  const once = async <T>(write: () => Promise<T>, rowsOf: (result: T) => number): Promise<T> => {
    const result = await write();
    const rest = pacer.after(rowsOf(result), await store.lastHeldMs(), await store.othersWrote());
    await store.checkpoint();
    if (rest > 0) await clock.sleep(rest);
    return result;
  };
  return Object.assign(once, { rows: (most: number) => Math.min(most, pacer.rows) });
}

/** Without rests, for whoever has the database alone. */
export const unpaced: Paced = Object.assign(<T>(write: () => Promise<T>) => write(), {
  rows: (most: number) => most,
});
