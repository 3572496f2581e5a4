import type { ArchiveStore } from '../archive/archive-store.ts';
import { openFolder } from '../archive/folder/folder-archive.ts';
import { retryReads } from '../archive/retried-reads.ts';
import type { Clock } from '../model/clock.ts';
import type { Location } from '../model/location.ts';
import { systemClock } from './system-clock.ts';

/** Opens the archive store at a location; nothing is created by it. Its reads are tried again while it is unavailable. */
export function openArchive(location: Location, clock: Clock = systemClock): ArchiveStore {
  switch (location.scheme) {
    case 'file':
      return retryReads(openFolder(location.path), clock);
  }
}
