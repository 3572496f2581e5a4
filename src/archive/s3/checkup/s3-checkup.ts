import type { S3Location } from '../../../model/location.ts';
import type { S3Settings } from '../../../model/policy/s3-settings.ts';
import type { BucketCheckup, BucketState, LifecycleRule, Told } from '../../bucket/bucket-checkup.ts';
import { type S3World, s3ClientParts } from '../requests/open-client.ts';
import { keyStart } from '../requests/s3-address.ts';
import { type ClientParts, createS3Client, type S3Client } from '../requests/s3-client.ts';
import { parseXml } from '../requests/s3-xml.ts';
import {
  ask,
  ENCRYPTION,
  OBJECT_LOCK,
  PUBLIC_BLOCK,
  PUBLIC_GRANTS,
  PUBLIC_POLICY,
  type Question,
  VERSIONING,
} from './bucket-answers.ts';
import { readLifecycle } from './lifecycle-rules.ts';
import { describeSigner } from './signer.ts';

const LIFECYCLE: Question<readonly LifecycleRule[]> = {
  name: 'lifecycle',
  roots: ['LifecycleConfiguration'],
  read: readLifecycle,
  none: { code: 'NoSuchLifecycleConfiguration', value: [] },
};

/** Looks at the bucket of a location. Nothing is sent yet. */
export function openS3Checkup(
  location: S3Location,
  settings: Pick<S3Settings, 'environment'>,
  world: S3World,
): BucketCheckup {
  const parts = s3ClientParts(location, settings, world);
  return { location, look: () => look(parts, settings) };
}

async function look(
  parts: ClientParts,
  { environment }: Pick<S3Settings, 'environment'>,
): Promise<BucketState> {
  const client = createS3Client(parts);
  const { region } = parts.location;
  const keys = await parts.keys.keys();
  const before = parts.clock.now();
  const operation = 'list the bucket of the archives';
  const query = { 'list-type': '2', 'max-keys': '1', prefix: keyStart(parts.location) };
  const listed = await client.send({ method: 'GET', key: null, operation, query });
  parseXml(await listed.body(), 'ListBucketResult', operation, parts.location.text);
  const asked = (before + parts.clock.now()) / 2;
  const serverTime = Date.parse(listed.headers.get('date') ?? '');
  const [versioning, defaultRetention, lifecycle, encryption, openings] = await Promise.all([
    ask(client, VERSIONING),
    ask(client, OBJECT_LOCK),
    ask(client, LIFECYCLE),
    ask(client, ENCRYPTION),
    askOpenings(client),
  ]);
  return {
    signer: describeSigner(keys, environment),
    region: listed.headers.get('x-amz-bucket-region') ?? region ?? parts.region,
    clockAheadMs: Number.isNaN(serverTime) ? null : asked - serverTime,
    ...{ versioning, defaultRetention, lifecycle, encryption, openings },
  };
}

/** Nothing can be open when everything public is ignored. Otherwise both the policy and the grants have to be known. */
async function askOpenings(client: S3Client): Promise<Told<readonly string[]>> {
  const [block, policy, grants] = await Promise.all([
    ask(client, PUBLIC_BLOCK),
    ask(client, PUBLIC_POLICY),
    ask(client, PUBLIC_GRANTS),
  ]);
  if (block.known && block.value) return { known: true, value: [] };
  const found = [
    ...(policy.known && policy.value ? ['its policy is public'] : []),
    ...(grants.known ? grants.value : []),
  ];
  if (found.length > 0) return { known: true, value: found };
  if (!policy.known) return policy;
  return grants.known ? { known: true, value: [] } : grants;
}
