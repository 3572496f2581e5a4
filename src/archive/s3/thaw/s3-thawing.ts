import { FirnError } from '../../../model/errors.ts';
import type { S3Location } from '../../../model/location.ts';
import type { S3Settings } from '../../../model/policy/s3-settings.ts';
import type { Thawing, ThawOutcome, ThawWish } from '../../bucket/thawing.ts';
import { openS3Client, type S3World } from '../requests/open-client.ts';
import { addressOf } from '../requests/s3-address.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { s3CodeOf } from '../requests/s3-failure.ts';
import { textOf } from '../requests/s3-xml.ts';
import { stateOf } from './frozen-object.ts';

const OPERATION = 'thaw an archive file';

/** Thaws the files of archives at these locations. Nothing is sent yet. */
export function openS3Thawing(
  locations: readonly S3Location[],
  settings: Pick<S3Settings, 'environment'>,
  world: S3World,
): Thawing {
  const clients = locations.map((location) => openS3Client(location, settings, world));
  return {
    ask: async (address, wish) => {
      for (const client of clients) {
        const start = addressOf(client.location, '');
        if (address.startsWith(start)) return await thaw(client, address.slice(start.length), wish);
      }
      throw notThere(address);
    },
  };
}

async function thaw(client: S3Client, key: string, { days, tier }: ThawWish): Promise<ThawOutcome> {
  const address = addressOf(client.location, key);
  const head = await client.send({ method: 'HEAD', key, operation: OPERATION });
  if (head.status === 404) throw notThere(address);
  const { isFrozen, isThawing, isTiered } = stateOf(head.headers);
  if (isThawing) return 'in_progress';
  if (!isFrozen) return 'readable';
  const name = `${tier[0]!.toUpperCase()}${tier.slice(1)}`;
  const period = isTiered ? '' : `<Days>${days}</Days>`;
  const body = Buffer.from(
    `<RestoreRequest xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${period}<GlacierJobParameters><Tier>${name}</Tier></GlacierJobParameters></RestoreRequest>`,
  );
  try {
    const request = { method: 'POST', key, query: { restore: '' }, body, operation: OPERATION } as const;
    const { status, body: answer } = await client.send(request);
    if (status === 404) throw notThere(address);
    if (status !== 409) return status === 200 ? 'readable' : 'asked';
    if (textOf(Buffer.from(await answer()).toString(), 'Code') === 'RestoreAlreadyInProgress')
      return 'in_progress';
    throw new FirnError('unavailable', 'another request for the same object is in the way (HTTP 409)', {
      ...{ operation: OPERATION, path: address, hint: 'Run again.' },
    });
  } catch (error) {
    if (s3CodeOf(error) === 'AccessDenied') throw missingRight(address, error);
    throw error;
  }
}

function notThere(address: string): FirnError {
  return new FirnError('not_found', 'file not found', { operation: OPERATION, path: address });
}

function missingRight(address: string, cause: unknown): FirnError {
  return new FirnError('refused', 'access denied (AccessDenied)', {
    ...{ operation: OPERATION, path: address, cause },
    hint: 'Give the user that signs the requests the permission s3:RestoreObject (docs/s3.md).',
  });
}
