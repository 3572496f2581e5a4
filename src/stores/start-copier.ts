import type { Copier } from '../copying/copier.ts';
import { startWorkerCopier } from '../copying/worker-copier.ts';
import type { Location } from '../model/location.ts';
import type { ArchivePlaces } from '../model/policy/archive-places.ts';

/** Starts the copying thread of a database and its archives. */
export function startCopier(database: Location, archives: ArchivePlaces): Copier {
  return startWorkerCopier(new URL('./copy-thread.ts', import.meta.url), { database, archives });
}
