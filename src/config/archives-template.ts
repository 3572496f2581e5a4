import { dirname } from 'node:path';
import { FirnError } from '../model/errors.ts';
import { type Location, localPath, parseLocation } from '../model/location.ts';

/** Stands for the identity of a database in `archives`. */
const IDENTITY = '{identity}';

/** Where the archives of several databases are: one place for each identity. */
export interface ArchivesTemplate {
  /** As people read it, without secrets: `/srv/archives/{identity}`. */
  readonly text: string;
  /** The folder that has an archive for each identity; null when it is not on this machine. */
  readonly root: string | null;
  /** @param identity a UUID. */
  of(identity: string): Location;
}

/** Whether a value of `archives` says where the identity stands. */
export function namesIdentity(value: string): boolean {
  return value.includes(IDENTITY);
}

/**
 * Reads a value of `archives` that has a folder for each database: where `{identity}` stands, else below it.
 * @throws FirnError `config` when `{identity}` is not the last part of the path.
 */
export function archivesTemplate(value: string, folder: string, source: string): ArchivesTemplate {
  const whole = namesIdentity(value) ? value : `${value.replace(/(?<=.)\/+$/, '')}/${IDENTITY}`;
  if (!whole.endsWith(`/${IDENTITY}`) || whole.indexOf(IDENTITY) !== whole.length - IDENTITY.length) {
    throw new FirnError('config', `${value}: {identity} must be the last part of the path, once`, {
      operation: `read the location from ${source}`,
      hint: 'Write it like this: /srv/archives/{identity}',
    });
  }
  const of = (identity: string): Location =>
    parseLocation(whole.slice(0, -IDENTITY.length) + identity, folder, source);
  const { text } = of(IDENTITY);
  const path = localPath(of('identity'));
  return { text, root: path === null ? null : dirname(path), of };
}
