import type { S3Environment } from '../../../model/policy/s3-settings.ts';
import type { S3Keys } from '../requests/s3-keys.ts';

const SHOWN = 4;

/** Whose credentials these are, by where they come from and the end of the access key's name. */
export function describeSigner(
  { accessKeyId, sessionToken, expiration }: S3Keys,
  environment: S3Environment,
): string {
  const profile = environment.get('AWS_PROFILE');
  const source =
    environment.get('AWS_ACCESS_KEY_ID') !== null
      ? 'from the environment'
      : profile === null
        ? 'from the AWS configuration'
        : `from the AWS profile ${profile}`;
  const until = expiration === undefined ? '' : ` until ${expiration.toISOString()}`;
  const temporary = sessionToken === undefined ? '' : `, temporary${until}`;
  // A key that is shorter than any of a real server is not shown at all.
  const end = accessKeyId.length >= 4 * SHOWN ? `…${accessKeyId.slice(-SHOWN)} ` : '';
  return `access key ${end}${source}${temporary}`;
}
