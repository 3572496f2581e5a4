import type { ArchiveStore } from '../archive/archive-store.ts';
import { openFolder } from '../archive/folder/folder-archive.ts';
import { retryReads } from '../archive/retried-reads.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import type { Location } from '../model/location.ts';
import { systemClock } from './system-clock.ts';

/** Opens the archive store at a location; nothing is created by it. Its reads are tried again while it is unavailable. */
export function openArchive(location: Location, clock: Clock = systemClock): ArchiveStore {
  switch (location.scheme) {
    case 'file':
      return retryReads(openFolder(location.path), clock);
    case 's3':
      throw new FirnError('config', `${location.text}: this version of Firn has no archives on S3 yet`, {
        operation: 'open the archive',
        hint: 'Pass a folder with --archive-path.',
      });
  }
}
