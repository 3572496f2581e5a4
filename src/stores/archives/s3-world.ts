import type { Clock } from '../../model/clock.ts';

/** What clients of S3 need of the world, and how the optional package for credentials is installed. Loaded with the first of them. */
export async function s3World(
  clock: Clock,
): Promise<{ readonly clock: Clock; readonly installCommand: () => string }> {
  const { installCommandOf } = await import('../../lake/duck/duck-package.ts');
  return { clock, installCommand: () => installCommandOf('@aws-sdk/credential-provider-node') };
}
