import type { ErrorCode } from '../../../model/errors.ts';
import { FirnError } from '../../../model/errors.ts';

/**
 * Why a request failed, as the cause of its `FirnError`. It has nothing of the server's text but a code, which is one plain word: an answer may
 * repeat a token.
 */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** `AccessDenied`, `SlowDown` …; '' when the answer has none. */
  readonly s3Code: string;
  /** Whether the request may have been carried out, or may be yet. */
  readonly outcomeUnknown: boolean;

  constructor(status: number | null, s3Code: string, outcomeUnknown: boolean) {
    super(s3Code === '' ? `HTTP ${status ?? 'without an answer'}` : s3Code);
    this.status = status;
    this.s3Code = s3Code;
    this.outcomeUnknown = outcomeUnknown;
  }
}

/** The code that S3 failed with (`AccessDenied`); null for an error of another kind. */
export function s3CodeOf(error: unknown): string | null {
  return error instanceof FirnError && error.cause instanceof S3Failure ? error.cause.s3Code : null;
}

/** Whether what a failed request asked for may have happened, or may happen yet. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof FirnError && error.cause instanceof S3Failure && error.cause.outcomeUnknown;
}

/** What an answer says of a failure. */
interface Explanation {
  readonly code: ErrorCode;
  readonly words: string;
  readonly hint: string;
}

const RIGHTS = 'Give the user that signs the requests the rights of docs/s3.md.';
const SETTINGS =
  'Check the location of the archives, and the AWS variables and profile of the user that runs Firn.';
const KEYS = 'Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the AWS profile.';

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  NoSuchBucket: {
    code: 'config',
    words: 'the bucket does not exist',
    hint: 'Create it, or correct the location of the archives.',
  },
  InvalidBucketName: { code: 'config', words: 'the name of the bucket is not valid', hint: SETTINGS },
  InvalidAccessKeyId: { code: 'config', words: 'the server does not know the access key', hint: KEYS },
  SignatureDoesNotMatch: {
    code: 'config',
    words: 'the secret key does not belong to the access key',
    hint: KEYS,
  },
  InvalidToken: { code: 'config', words: 'the session token is not valid', hint: KEYS },
  ExpiredToken: {
    code: 'config',
    words: 'the session token has expired',
    hint: 'Get new credentials and run again.',
  },
  RequestTimeTooSkewed: {
    code: 'config',
    words: 'the clock of this machine and that of the server differ by more than 15 minutes',
    hint: 'Set the clock of this machine.',
  },
  AuthorizationHeaderMalformed: { code: 'config', words: 'the bucket is in another region', hint: SETTINGS },
  PermanentRedirect: {
    code: 'config',
    words: 'the bucket is in another region, or at another endpoint',
    hint: SETTINGS,
  },
  TemporaryRedirect: { code: 'config', words: 'the bucket is at another endpoint', hint: SETTINGS },
  AccessDenied: { code: 'refused', words: 'access denied', hint: RIGHTS },
  InvalidObjectState: {
    code: 'refused',
    words: 'the object is in an archive storage class and cannot be read now',
    hint: 'Ask for it to be restored in the bucket, and run again when it is (docs/s3.md).',
  },
  ObjectLocked: {
    code: 'refused',
    words: 'an object lock of the bucket forbids it',
    hint: 'Wait until the lock ends, or remove the legal hold. Nothing was deleted.',
  },
  NotImplemented: {
    code: 'refused',
    words: 'the server does not implement the request',
    hint: 'See docs/s3.md for the servers that Firn works with.',
  },
  BadDigest: {
    code: 'integrity',
    words: 'the bytes that arrived are not those that were sent',
    hint: 'Run again. If it fails again, check network and memory of this machine.',
  },
  XAmzContentSHA256Mismatch: {
    code: 'integrity',
    words: 'the bytes that arrived are not those that were sent',
    hint: 'Run again. If it fails again, check network and memory of this machine.',
  },
};

const OTHERS: Explanation = { code: 'refused', words: 'the server refused the request', hint: SETTINGS };

/** An answer that is final, in words. */
export function refusal(
  {
    status,
    s3Code,
    region,
    repeated,
  }: {
    readonly status: number;
    readonly s3Code: string;
    readonly region: string | null;
    /** An attempt before it may have been carried out. */
    readonly repeated: boolean;
  },
  operation: string,
  path: string,
): FirnError {
  const { code, words, hint } =
    EXPLANATIONS[s3Code] ?? (status === 403 ? EXPLANATIONS.AccessDenied! : OTHERS);
  const named = s3Code === '' ? `HTTP ${status}` : s3Code;
  const whereTo =
    region === null || code !== 'config' ? hint : `Add region=${region} to the location of the archives.`;
  return new FirnError(code, `${words} (${named})`, {
    ...{ operation, path, hint: whereTo },
    cause: new S3Failure(status, s3Code, repeated),
  });
}

/** No answer that counts, after every retry. */
export function noAnswer(
  reason: string,
  { status, s3Code, outcomeUnknown }: S3Failure,
  operation: string,
  path: string,
): FirnError {
  const hint = outcomeUnknown
    ? 'Nothing is lost. Run again when the server answers; the run finds out what was carried out.'
    : 'Nothing is lost. Run again when the server answers.';
  return new FirnError('unavailable', reason, {
    ...{ operation, path, hint },
    cause: new S3Failure(status, s3Code, outcomeUnknown),
  });
}
