import type { Clock } from '../model/clock.ts';
import { retrying } from '../model/retry.ts';
import type { ArchiveStore, OpenFile } from './archive-store.ts';

/**
 * The same archive, whose reads are tried again as long as it is `unavailable`. What changes the archive is not: whether the
 * first attempt did it is not known, and the next run finds out.
 */
export function retryReads(store: ArchiveStore, clock: Pick<Clock, 'monotonic' | 'sleep'>): ArchiveStore {
  const again = <T>(action: () => Promise<T>): Promise<T> => retrying(clock, action);
  return {
    location: store.location,
    traffic: () => store.traffic(),
    capabilities: store.capabilities,
    apart: store.apart,
    away: () => store.away(),
    lock: (holder) => store.lock(holder),
    list: (prefix) => again(() => store.list(prefix)),
    strays: () => again(() => store.strays()),
    create: (path) => store.create(path),
    open: async (path, as) => retryFileReads(await again(() => store.open(path, as)), again),
    settle: (path) => store.settle(path),
    remove: (path) => store.remove(path),
    quarantine: (path, note) => store.quarantine(path, note),
    sweep: () => store.sweep(),
  };
}

function retryFileReads(file: OpenFile, again: <T>(action: () => Promise<T>) => Promise<T>): OpenFile {
  return {
    bytes: file.bytes,
    read: (offset, length, use) => again(() => file.read(offset, length, use)),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}
