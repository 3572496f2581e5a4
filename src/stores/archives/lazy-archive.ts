import type { ArchiveStore } from '../../archive/archive-store.ts';
import { S3_CAPABILITIES } from '../../archive/s3/store/s3-capabilities.ts';
import type { TrafficCounter } from '../../archive/traffic.ts';

/** An archive on a server: its code is loaded when it is first used, so that other commands start as quickly as without it. */
export function lazyArchive(
  location: string,
  traffic: TrafficCounter,
  load: () => Promise<ArchiveStore>,
): ArchiveStore {
  let loaded: Promise<ArchiveStore> | null = null;
  const store = (): Promise<ArchiveStore> => {
    loaded ??= load();
    return loaded;
  };
  return {
    location,
    apart: null,
    capabilities: S3_CAPABILITIES,
    traffic: () => traffic.total,
    away: async () => [],
    lock: async (holder) => (await store()).lock(holder),
    list: async (prefix) => (await store()).list(prefix),
    strays: async () => (await store()).strays(),
    create: async (path) => (await store()).create(path),
    open: async (path, as) => (await store()).open(path, as),
    settle: async (path) => (await store()).settle(path),
    remove: async (path) => (await store()).remove(path),
    quarantine: async (path, note) => (await store()).quarantine(path, note),
    sweep: async () => (await store()).sweep(),
  };
}
