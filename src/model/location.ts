import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FirnError } from './errors.ts';

/** The address of a hot store or an archive store. `text` is for people and has no secret in it. */
export type Location = FileLocation;

/** A file or folder of this machine. */
export interface FileLocation {
  readonly scheme: 'file';
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** A scheme of two letters or more, so that `C:\data` stays a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

/**
 * @param folder where a relative path starts.
 * @param source what named the location, for the message: a flag, a variable or a place in a file.
 * @throws FirnError `config` for a scheme that this version does not know.
 */
export function parseLocation(text: string, folder: string, source: string): Location {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return fileLocation(resolve(folder, text));
  const operation = `read the location from ${source}`;
  const hint = 'Give the path of a local file or folder.';
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

/** The path of a location on this machine; null where it has none. */
export function localPath(location: Location): string | null {
  return location.scheme === 'file' ? location.path : null;
}

/** The text of a URL without user, password, query and fragment, any of which may hold a secret. */
function withoutSecrets(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/i, '$1');
}
