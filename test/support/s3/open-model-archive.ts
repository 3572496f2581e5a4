import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import type { FileSystem } from '../../../src/archive/disk/file-system.ts';
import { openS3 } from '../../../src/archive/s3/store/open-s3.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { s3Defaults } from '../../../src/model/policy/s3-settings.ts';
import { s3Location } from './client-world.ts';
import { modelAccess, modelFetch } from './model/model-fetch.ts';
import type { S3Model } from './model/s3-model.ts';

/** Of the archive in the bucket, with the slash at its end. */
export const PREFIX = 'data/firn/';
/** The folder of the spools on the machine's disk. */
export const SPOOL = '/spool';

export interface ModelArchiveParts {
  readonly clock: Clock;
  /** Of the machine: the spool is on it. */
  readonly fileSystem: FileSystem;
  /** The way to the model; straight without it. */
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
  readonly allowUnconditional?: boolean;
}

/** The archive in a model, as a new process opens it. Its pauses are over at once, and its time-outs never come. */
export function openModelArchive(model: S3Model, parts: ModelArchiveParts): ArchiveStore {
  const { clock, fileSystem, fetch = modelFetch(model), random = () => 0.5 } = parts;
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = modelAccess(model);
  const location = s3Location(
    `s3://${bucket}/${PREFIX.slice(0, -1)}?region=${region}&endpoint=${endpoint}&path_style=true`,
  );
  const settings = {
    ...s3Defaults({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }),
    allowUnconditional: parts.allowUnconditional ?? false,
  };
  return openS3(location, settings, {
    ...{ clock: patient(clock), fetch, random, spool: SPOOL, fileSystem },
    installCommand: () => 'npm install',
  });
}

/** What is sent to a model is answered at once or never will be: nothing waits for a time-out. */
function patient(clock: Clock): Clock {
  return {
    now: clock.now,
    monotonic: clock.monotonic,
    sleep: async (ms, signal) => {
      if (ms < 30_000 || signal === undefined) return await clock.sleep(ms, signal);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
}
