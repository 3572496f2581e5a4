import type { HotStore } from '../../hot/hot-store.ts';
import type { Clock } from '../../model/clock.ts';
import type { Pacer } from './pacer.ts';

/**
 * Runs one write transaction of the hot store, then leaves the database to others for as long as the pace of the run asks.
 * @param rowsOf how many rows the transaction was about.
 */
export type Paced = <T>(write: () => Promise<T>, rowsOf: (result: T) => number) => Promise<T>;

export function pacedBy(run: {
  readonly store: HotStore;
  readonly clock: Clock;
  readonly pacer: Pacer;
}): Paced {
  const { store, clock, pacer } = run;
  return async (write, rowsOf) => {
    const began = clock.monotonic();
    const result = await write();
    const rest = pacer.after(rowsOf(result), clock.monotonic() - began, await store.othersWrote());
    await store.checkpoint();
    if (rest > 0) await clock.sleep(rest);
    return result;
  };
}

/** Without rests, for whoever has the database alone. */
export const unpaced: Paced = (write) => write();
