import type { TrafficCounter } from '../archive/traffic.ts';
import type { Copier } from '../copying/copier.ts';
import { startWorkerCopier } from '../copying/worker-copier.ts';
import type { Config } from '../model/policy/config.ts';
import { sendS3Settings } from '../model/policy/s3-settings.ts';

/** Starts the copying thread of a database and its archives. What it asks of a server is counted with the rest of the run. */
export function startCopier(
  { database, archives, s3 }: Pick<Config, 'database' | 'archives' | 's3'>,
  traffic: TrafficCounter,
): Copier {
  return startWorkerCopier(new URL('./copy-thread.ts', import.meta.url), {
    ...{ database, archives, s3: sendS3Settings(s3), traffic: traffic.shared },
  });
}
