import type { Clock } from '../../../model/clock.ts';
import type { S3Location } from '../../../model/location.ts';
import type { S3Settings } from '../../../model/policy/s3-settings.ts';
import { TrafficCounter } from '../../traffic.ts';
import { type ClientParts, createS3Client, type S3Client } from './s3-client.ts';
import { KeySource } from './s3-keys.ts';
import { loadSdkKeys } from './sdk-keys.ts';

/** What an S3 client needs of the world. */
export interface S3World {
  readonly clock: Clock;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
  /** Counts with those of other threads; without it, alone. */
  readonly traffic?: TrafficCounter;
  /** Names the command that installs the AWS SDK's providers. */
  readonly installCommand: () => string;
}

/** Where neither the location nor the environment names a region. Servers of other makers mostly take any. */
const USUAL_REGION = 'us-east-1';

type ClientSettings = Pick<S3Settings, 'environment'>;

/** The client of one location. Nothing is sent yet, and no credentials are looked for. */
export function openS3Client(location: S3Location, settings: ClientSettings, world: S3World): S3Client {
  return createS3Client(s3ClientParts(location, settings, world));
}

/** What the client of one location works with. */
export function s3ClientParts(
  location: S3Location,
  { environment }: ClientSettings,
  { clock, fetch: fetchFunction, random, traffic, installCommand }: S3World,
): ClientParts {
  return {
    ...{ location, clock, fetch: fetchFunction ?? fetch, random: random ?? Math.random },
    traffic: traffic ?? new TrafficCounter(),
    region: environment.get('AWS_REGION') ?? environment.get('AWS_DEFAULT_REGION') ?? USUAL_REGION,
    keys: new KeySource(environment, clock, () => loadSdkKeys(environment, installCommand)),
  };
}
