import type { Clock } from '../model/clock.ts';
import { retrying } from '../model/retry.ts';
import type { HotBackend } from './hot-backend.ts';

/** A backend that has waited longer for others' locks than this has been patient enough. */
const WITHIN_MS = 4_000;

/** The same hot store, whose parts are opened again as long as it is `unavailable`. */
export function retryOpening(backend: HotBackend, clock: Pick<Clock, 'monotonic' | 'sleep'>): HotBackend {
  const again = <T, A extends readonly unknown[]>(open: (...how: A) => Promise<T>) => {
    return (...how: A): Promise<T> => retrying(clock, () => open(...how), { withinMs: WITHIN_MS });
  };
  return {
    capabilities: backend.capabilities,
    reader: again(backend.reader),
    store: again(backend.store),
    lookup: again(backend.lookup),
    stats: again(backend.stats),
    checkup: again(backend.checkup),
    disk: again(backend.disk),
    runLogReader: again(backend.runLogReader),
    runLog: again(backend.runLog),
    alarmLog: again(backend.alarmLog),
    lock: again(backend.lock),
    holder: again(backend.holder),
    sampler: again(backend.sampler),
    // May have made the file.
    restoreFile: backend.restoreFile,
    newRestoreFile: backend.newRestoreFile,
    shapeInFile: again(backend.shapeInFile),
  };
}
