import type { Copier } from '../copying/copier.ts';
import { startWorkerCopier } from '../copying/worker-copier.ts';

/** Starts the copying thread of a database and its archives. */
export function startCopier(database: string, archives: string): Copier {
  return startWorkerCopier(new URL('./copy-thread.ts', import.meta.url), database, archives);
}
