import type { Clock } from '../../../model/clock.ts';
import { FirnError } from '../../../model/errors.ts';
import type { S3Environment } from '../../../model/policy/s3-settings.ts';

/** What signs a request. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Finds keys elsewhere than in the environment. `forceRefresh`: not those that it found before. */
export type KeyProvider = (options: { readonly forceRefresh: boolean }) => Promise<S3Keys>;

/** Keys are asked for again this long before they expire, in milliseconds. */
const EARLY_MS = 5 * 60_000;
const OPERATION = 'find the credentials for S3';
const VARIABLES = 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment';

/** The keys of one archive: of the environment, else of the AWS SDK's providers (profiles, SSO, web identity, instance metadata). */
export class KeySource {
  readonly #environment: S3Environment;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #load: () => Promise<KeyProvider>;
  #provider: Promise<KeyProvider> | null = null;
  #latest: S3Keys | null = null;
  /** One question at a time, whoever asks. */
  #asking: Promise<S3Keys> | null = null;

  constructor(environment: S3Environment, clock: Pick<Clock, 'now'>, load: () => Promise<KeyProvider>) {
    this.#environment = environment;
    this.#clock = clock;
    this.#load = load;
  }

  /** Keys that do not expire soon. Throws `config` where there are none. */
  async keys(): Promise<S3Keys> {
    const fixed = keysOf(this.#environment);
    if (fixed !== null) return fixed;
    const latest = this.#latest;
    const end = latest?.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    if (latest !== null && end - EARLY_MS > this.#clock.now()) return latest;
    return await this.#askOnce(latest !== null);
  }

  /** Other keys than these, which the server took for expired; the same where there are no others. */
  async renew(refused: S3Keys): Promise<S3Keys> {
    if (keysOf(this.#environment) !== null) return refused;
    // Another request may have found it out before.
    if (this.#latest !== null && this.#latest !== refused) return this.#latest;
    return await this.#askOnce(true);
  }

  #askOnce(forceRefresh: boolean): Promise<S3Keys> {
    this.#asking ??= this.#ask(forceRefresh)
      .then((keys) => {
        this.#latest = keys;
        return keys;
      })
      .finally(() => {
        this.#asking = null;
      });
    return this.#asking;
  }

  async #ask(forceRefresh: boolean): Promise<S3Keys> {
    this.#provider ??= this.#load();
    try {
      const provider = await this.#provider;
      const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provider({ forceRefresh });
      return sendable({ accessKeyId, secretAccessKey, sessionToken, expiration });
    } catch (error) {
      this.#provider = null;
      throw error instanceof FirnError ? error : noKeys(error);
    }
  }
}

function keysOf(environment: S3Environment): S3Keys | null {
  const accessKeyId = environment.get('AWS_ACCESS_KEY_ID');
  const secretAccessKey = environment.get('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === null && secretAccessKey === null) return null;
  if (accessKeyId !== null && secretAccessKey !== null) {
    return sendable({
      ...{ accessKeyId, secretAccessKey },
      sessionToken: environment.get('AWS_SESSION_TOKEN') ?? undefined,
    });
  }
  throw half(
    `${accessKeyId === null ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY'} is not set, and the other key is`,
  );
}

/** An error about the value of a header would repeat it. */
function sendable(keys: S3Keys): S3Keys {
  for (const value of [keys.accessKeyId, keys.secretAccessKey, keys.sessionToken ?? '']) {
    if (typeof value === 'string' && /^[\x21-\x7e]*$/.test(value)) continue;
    throw half('the AWS credentials have a character that cannot be sent (a space or a line feed?)');
  }
  return keys;
}

function half(why: string): FirnError {
  return new FirnError('config', why, {
    operation: OPERATION,
    hint: `${VARIABLES}, or neither of them and a profile.`,
  });
}

/** The message of a provider may repeat what a program or a server has answered: it is not passed on. */
function noKeys(error: unknown): FirnError {
  const name = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : 'Error';
  const text = error instanceof Error ? error.message : '';
  const why =
    WHY.find(([pattern]) => pattern.test(text))?.[1] ?? `no AWS provider gave credentials (${name})`;
  return new FirnError('config', why, {
    operation: OPERATION,
    hint: `${VARIABLES}, or check the AWS profile with: aws sts get-caller-identity`,
  });
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [/could not load credentials from any providers/i, 'no AWS credentials were found'],
  [
    /sso session .*(expired|invalid)|token.*is expired|run aws sso login/i,
    'the SSO session has expired: run aws sso login',
  ],
  [
    /could not (find|resolve).*profile|profile .* (not found|could not be found)/i,
    'the AWS profile does not exist',
  ],
];
