import { isAbsolute, join } from 'node:path';

/** How an archive on S3 is used, besides its location. */
export interface S3Settings {
  readonly environment: S3Environment;
  /** The folder of files that are not in the bucket yet; null: beside the database. */
  readonly spool: string | null;
  /** The folder of local copies of footers, filters and tables of contents, absolute; null for none. */
  readonly cache: string | null;
  /** Of the objects of each tier (`STANDARD_IA`); null: that of the bucket. */
  readonly storageClass: { readonly warm: string | null; readonly cold: string | null };
  /** Use a server that ignores conditions. */
  readonly allowUnconditional: boolean;
}

/** Of a configuration that says nothing of S3. */
export function s3Defaults(env: Readonly<Record<string, string | undefined>>): S3Settings {
  return {
    ...{ environment: s3Environment(env), spool: null, cache: cacheFolder(env), allowUnconditional: false },
    storageClass: { warm: null, cold: null },
  };
}

/** `FIRN_CACHE`, where `off` is none; else `firn` in the user's folder of caches. */
function cacheFolder(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.FIRN_CACHE === 'off') return null;
  if (env.FIRN_CACHE) return isAbsolute(env.FIRN_CACHE) ? env.FIRN_CACHE : null;
  const caches = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'));
  return caches && isAbsolute(caches) ? join(caches, 'firn') : null;
}

/** The same for a thread of this process, to which objects with methods cannot be sent. */
export type SentS3Settings = Omit<S3Settings, 'environment'> & {
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export function sendS3Settings(settings: S3Settings): SentS3Settings {
  return { ...settings, environment: settings.environment.forThread() };
}

export function receiveS3Settings(sent: SentS3Settings): S3Settings {
  return { ...sent, environment: s3Environment(sent.environment) };
}

/** The names of the variables that are looked at. */
const NAMES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
];

/**
 * The variables of the environment that say who signs requests to S3. They are secrets: no copy of a configuration, no JSON and no inspection of
 * this object shows them.
 */
export interface S3Environment {
  /** The value of `AWS_REGION`, say; null when it is not set, or empty. */
  get(name: string): string | null;
  /** For a thread of this process, which makes another one of it. */
  forThread(): Readonly<Record<string, string | undefined>>;
}

/** @param env of which only what is needed is kept. */
export function s3Environment(env: Readonly<Record<string, string | undefined>>): S3Environment {
  return new HiddenEnvironment(env);
}

class HiddenEnvironment implements S3Environment {
  readonly #variables: Readonly<Record<string, string | undefined>>;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#variables = Object.fromEntries(NAMES.map((name) => [name, env[name]]));
  }

  get(name: string): string | null {
    return this.#variables[name] || null;
  }

  forThread(): Readonly<Record<string, string | undefined>> {
    return this.#variables;
  }

  toJSON(): undefined {
    return undefined;
  }
}
