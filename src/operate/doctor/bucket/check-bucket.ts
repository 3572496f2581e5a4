import type { BucketState, Retention, Told, Versioning } from '../../../archive/bucket/bucket-checkup.ts';
import type { S3Location } from '../../../model/location.ts';
import { type Finding, found, type Severity } from '../findings/finding.ts';
import { judgeLifecycle } from './check-lifecycle.ts';

const MINUTE_MS = 60_000;
/** S3 refuses requests whose time is 15 minutes off. */
const [NOTED_MS, WARNED_MS] = [MINUTE_MS, 5 * MINUTE_MS];

/** The S3 permission without which each of these cannot be looked at. */
const RIGHTS = {
  versioning: 's3:GetBucketVersioning',
  'object lock': 's3:GetBucketObjectLockConfiguration',
  lifecycle: 's3:GetLifecycleConfiguration',
  encryption: 's3:GetEncryptionConfiguration',
  'public access': 's3:GetBucketPublicAccessBlock, s3:GetBucketPolicyStatus and s3:GetBucketAcl',
} as const;

const UNTESTED =
  'not tested here, since the test has to write. Every changing run makes it before its first write';

type Topic = keyof typeof RIGHTS;

/** Settings of a bucket that delete archives, keep what is erased, or let others in; and what could not be seen of them. */
export function judgeBucket(location: S3Location, state: BucketState): readonly Finding[] {
  const { signer, region, clockAheadMs, encryption } = state;
  const encrypted =
    encryption.known && encryption.value !== null ? `, new objects are encrypted (${encryption.value})` : '';
  return [
    say('ok', null, `${location.text}: can be listed, region ${region}, ${signer}${encrypted}`),
    ...judgeClock(clockAheadMs),
    ...judge('versioning', state.versioning, judgeVersioning),
    ...judge('object lock', state.defaultRetention, judgeRetention),
    ...judge('lifecycle', state.lifecycle, (rules) => judgeLifecycle(rules, location)),
    ...judge('encryption', encryption, judgeEncryption),
    ...judge('public access', state.openings, (openings) => openings.map(judgeOpening)),
    // AWS itself is known to honour them.
    ...(location.endpoint === null ? [] : [say('note', 'conditional writes', UNTESTED)]),
  ];
}

function judge<T>(topic: Topic, told: Told<T>, of: (value: T) => readonly Finding[]): readonly Finding[] {
  if (told.known) return of(told.value);
  if (told.why === 'unsupported')
    return [say('note', topic, 'the server does not answer this question, so nothing is known about it')];
  const remedy = `To let Firn look, give the user that signs the requests: ${RIGHTS[topic]}.`;
  return [say('note', topic, 'these credentials are not allowed to see it', remedy)];
}

function judgeClock(aheadMs: number | null): readonly Finding[] {
  if (aheadMs === null) return [say('note', 'clock', 'the server does not report its time')];
  const off = Math.abs(aheadMs);
  if (off < NOTED_MS) return [];
  const minutes = Math.round(off / MINUTE_MS);
  const message = `this machine is ${minutes} min ${aheadMs > 0 ? 'ahead of' : 'behind'} the server`;
  const remedy = 'Set the clock of this machine. From 15 min on, S3 refuses its requests.';
  return [say(off < WARNED_MS ? 'note' : 'warning', 'clock', message, remedy)];
}

function judgeVersioning({ status, mfaDelete }: Versioning): readonly Finding[] {
  if (mfaDelete)
    return [
      say(
        'problem',
        'versioning',
        'versions can be deleted only with a second factor (MFA Delete): Firn cannot consolidate, purge or erase',
        'Switch MFA Delete off for this bucket.',
      ),
    ];
  if (status === 'off') return [];
  const message = `the bucket keeps versions (${status}); Firn deletes every version of what it consolidates, purges and erases`;
  return [say('note', 'versioning', message)];
}

function judgeRetention(retention: Retention | null): readonly Finding[] {
  if (retention === null) return [];
  const { mode, period } = retention;
  return [
    say(
      'warning',
      'object lock',
      `new objects are locked for ${period} (${mode}): before that, what Firn consolidates, purges and erases stays in the bucket`,
      'Check that erasure may take that long, or shorten the default retention of the bucket.',
    ),
  ];
}

function judgeEncryption(algorithm: string | null): readonly Finding[] {
  if (algorithm !== null) return [];
  return [say('note', 'encryption', 'the server reports that it does not encrypt new objects by default')];
}

function judgeOpening(opening: string): Finding {
  const remedy = 'Block public access to the bucket, unless its archives are meant to be public.';
  return say('problem', 'public access', `others can use the bucket: ${opening}`, remedy);
}

function say(severity: Severity, subject: string | null, message: string, remedy?: string): Finding {
  return found('bucket', severity, message, {
    ...(subject === null ? {} : { subject }),
    ...(remedy === undefined ? {} : { remedy }),
  });
}
