import { FirnError } from '../../../model/errors.ts';
import type { S3Environment } from '../../../model/policy/s3-settings.ts';
import type { KeyProvider } from './s3-keys.ts';

/** The providers of the AWS SDK, which is an optional package. It reads the environment, the files of the AWS configuration and the metadata server. */
export async function loadSdkKeys(
  environment: S3Environment,
  installCommand: () => string,
): Promise<KeyProvider> {
  const sdk = await import('@aws-sdk/credential-provider-node').catch((cause: unknown) => {
    if (!isMissing(cause)) throw cause;
    throw new FirnError(
      'config',
      'AWS_ACCESS_KEY_ID is not set, and the optional package that finds other AWS credentials is not installed',
      {
        operation: 'find the credentials for S3',
        hint: `Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or install it: ${installCommand()}`,
      },
    );
  });
  const profile = environment.get('AWS_PROFILE');
  const provider = sdk.defaultProvider({
    ...(profile === null ? {} : { profile }),
    maxRetries: 1,
    timeout: 2_000,
  });
  return ({ forceRefresh }) => provider({ forceRefresh });
}

function isMissing(error: unknown): boolean {
  return ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '');
}
