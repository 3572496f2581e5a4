import type { ArchiveStore } from '../archive/archive-store.ts';
import { openFolder } from '../archive/folder/folder-archive.ts';
import type { Location } from '../model/location.ts';

/** Opens the archive store at a location; nothing is created by it. */
export function openArchive(location: Location): ArchiveStore {
  switch (location.scheme) {
    case 'file':
      return openFolder(location.path);
  }
}
