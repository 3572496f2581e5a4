import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FirnError } from './errors.ts';

/** The address of a hot store or an archive store. `text` is for people and has no secret in it. */
export type Location = FileLocation | S3Location;

/** A file or folder of this machine. */
export interface FileLocation {
  readonly scheme: 'file';
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** A prefix of a bucket. */
export interface S3Location {
  readonly scheme: 's3';
  readonly bucket: string;
  /** Names with `/` between them, without one at the end; '' for the whole bucket. */
  readonly prefix: string;
  /** Null: that of the environment, else `us-east-1`. */
  readonly region: string | null;
  /** `https://minio.example:9000`, without `/` at the end; null for AWS. */
  readonly endpoint: string | null;
  /** The bucket is a part of the path of a request, and not of its host. */
  readonly pathStyle: boolean;
  /** What this location was read from, in one form. Has no secret in it. */
  readonly text: string;
}

/** A scheme of two letters or more, so that `C:\data` stays a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

const KEYS = ['region', 'endpoint', 'path_style'] as const;
const FORM = 's3://BUCKET/PREFIX?region=REGION&endpoint=URL&path_style=true|false';

/**
 * @param folder where a relative path starts.
 * @param source what named the location, for the message: a flag, a variable or a place in a file.
 * @throws FirnError `config` for a scheme that this version does not know.
 */
export function parseLocation(text: string, folder: string, source: string): Location {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return fileLocation(resolve(folder, text));
  const operation = `read the location from ${source}`;
  if (scheme === 's3') return parseS3Location(text, operation);
  const hint = 'Give the path of a local file or folder. Archives can be on S3, too: s3://BUCKET/PREFIX';
  if (scheme !== 'file') {
    const message = `${withoutSecrets(text)}: this version of Firn has no store for ${scheme}://`;
    throw new FirnError('config', message, { operation, hint });
  }
  try {
    return fileLocation(fileURLToPath(text));
  } catch (cause) {
    const message = `${withoutSecrets(text)} is not a file URL: ${(cause as Error).message}`;
    throw new FirnError('config', message, { operation, hint, cause });
  }
}

/** The text of a location that is not used, whether or not this version has a store for it. Has no secret in it. */
export function locationText(text: string, folder: string): string {
  return SCHEME.test(text) ? withoutSecrets(text) : resolve(folder, text);
}

export function fileLocation(path: string): FileLocation {
  return { scheme: 'file', path, text: path };
}

/** The address of a file or folder of a location, by the text of the location: what an S3 location has behind `?` is no part of it. */
export function addressIn(text: string, path: string): string {
  return `${/^s3:/i.test(text) ? text.replace(/\?.*$/s, '') : text}/${path}`;
}

/** The path of a location on this machine; null where it has none. */
export function localPath(location: Location): string | null {
  return location.scheme === 'file' ? location.path : null;
}

/** The text of a URL without user, password, query and fragment, any of which may hold a secret. */
function withoutSecrets(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/i, '$1');
}

/** Throws `config`, without repeating what may be a secret. */
function parseS3Location(text: string, operation: string): S3Location {
  const wrong = (message: string, hint = `Write it like this: ${FORM}`): FirnError =>
    new FirnError('config', message, { operation, hint });
  const [, authority = '', path = '', , query = ''] =
    /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?(\?([^#]*))?$/i.exec(text) ?? [];
  if (/^[^?#]*@/.test(text.slice('s3://'.length))) {
    throw wrong(
      'an S3 location must not have a user or a password in it',
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or use a profile of the AWS configuration (docs/s3.md).',
    );
  }
  if (text.includes('#')) throw wrong('an S3 location must not contain `#`');
  if (!/^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i.test(authority))
    throw wrong(`${JSON.stringify(authority)} is not the name of a bucket`);
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '' && !prefix.split('/').every(isName))
    throw wrong(
      `s3://${authority}/${visible(prefix)}: the prefix has an empty name, \`.\`, \`..\` or \`\\\` in it`,
    );
  const given = readQuery(query, wrong);
  const endpoint = given.endpoint === undefined ? null : readEndpoint(given.endpoint, wrong);
  const pathStyle = readPathStyle(given.path_style, wrong) ?? (endpoint !== null || authority.includes('.'));
  const region = given.region ?? null;
  if (region !== null && !/^[a-z0-9-]{1,64}$/i.test(region))
    throw wrong('`region` is not the name of a region');
  const keys = [
    ...(region === null ? [] : [`region=${region}`]),
    ...(endpoint === null ? [] : [`endpoint=${endpoint}`]),
    ...(given.path_style === undefined ? [] : [`path_style=${pathStyle}`]),
  ];
  const whole = `s3://${authority}${prefix === '' ? '' : `/${prefix}`}${keys.length === 0 ? '' : `?${keys.join('&')}`}`;
  return { scheme: 's3', bucket: authority, prefix, region, endpoint, pathStyle, text: whole };
}

type Wrong = (message: string, hint?: string) => FirnError;
type Given = Partial<Record<(typeof KEYS)[number], string>>;

function readQuery(query: string, wrong: Wrong): Given {
  const given: Given = {};
  for (const [key, value] of new URLSearchParams(query.replaceAll('+', '%2B'))) {
    const known = KEYS.find((name) => name === key);
    // Neither the key nor the value is repeated: either may be a secret that was put in the wrong place.
    if (known === undefined)
      throw wrong(
        'an S3 location has an unknown setting after `?`',
        `The settings are ${KEYS.join(', ')}. Secrets do not belong there.`,
      );
    if (given[known] !== undefined) throw wrong(`an S3 location sets \`${known}\` twice`);
    given[known] = value;
  }
  return given;
}

function readEndpoint(text: string, wrong: Wrong): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw wrong(
      '`endpoint` is not an http:// or https:// URL',
      'Write it like this: endpoint=https://minio.example:9000',
    );
  if (url.username !== '' || url.password !== '')
    throw wrong(
      '`endpoint` must not have a user or a password in it',
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.',
    );
  if (url.search !== '' || url.hash !== '') throw wrong('`endpoint` must not have a `?` or a `#` in it');
  if (/%|&|\+/.test(url.pathname)) throw wrong('`endpoint` has a path that Firn cannot sign');
  return url.href.replace(/\/+$/, '');
}

function readPathStyle(text: string | undefined, wrong: Wrong): boolean | null {
  if (text === undefined) return null;
  if (text !== 'true' && text !== 'false') throw wrong('`path_style` must be true or false');
  return text === 'true';
}

function isName(name: string): boolean {
  return (
    name !== '' && name !== '.' && name !== '..' && name.isWellFormed() && !/[\\\ufffd]|\p{Cc}/u.test(name)
  );
}

function visible(text: string): string {
  return text.replace(/\p{Cc}|[\ud800-\udfff]/gu, '\ufffd');
}
