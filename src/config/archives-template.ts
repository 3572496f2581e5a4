import { dirname } from 'node:path';
import { FirnError } from '../model/errors.ts';
import { localPath } from '../model/location.ts';
import { type ArchivePlaces, archiveFolders } from '../model/policy/archive-places.ts';
import { type ArchivesSetting, mapArchives, parseArchives, writtenLocations } from './archives-setting.ts';

/** Stands for the identity of a database in `archives`. */
const IDENTITY = '{identity}';

/** Where the archives of several databases are: one place, or one for each tier, for each identity. */
export interface ArchivesTemplate {
  /** As people read it, without secrets: `/srv/archives/{identity}`. */
  readonly text: string;
  /** The folder that has a (warm) archive for each identity; null when it is not on this machine. */
  readonly root: string | null;
  /** The folders of all tiers that are on this machine. */
  readonly folders: readonly string[];
  /** @param identity a UUID. */
  of(identity: string): ArchivePlaces;
}

/** Whether a value of `archives` says where the identity stands. */
export function namesIdentity(setting: ArchivesSetting): boolean {
  return writtenLocations(setting).some((one) => one.includes(IDENTITY));
}

/**
 * Reads a value of `archives` that has a folder for each database: where `{identity}` stands, else below it.
 * @throws FirnError `config` when `{identity}` is not the last part of a path.
 */
export function archivesTemplate(setting: ArchivesSetting, folder: string, source: string): ArchivesTemplate {
  const whole = mapArchives(setting, (one) => withIdentity(one, source));
  const of = (identity: string): ArchivePlaces =>
    parseArchives(
      mapArchives(whole, (one) => one.replace(IDENTITY, () => identity)),
      folder,
      source,
    );
  const some = of('identity');
  const path = localPath(some.warm);
  return {
    text: of(IDENTITY).text,
    root: path === null ? null : dirname(path),
    folders: archiveFolders(some).map((one) => dirname(one)),
    of,
  };
}

function withIdentity(value: string, source: string): string {
  // A folder may have `?` in its name.
  const [, place = value, query = ''] = /^(s3:\/\/[^?]*)(\?.*)?$/i.exec(value) ?? [];
  const whole = value.includes(IDENTITY) ? place : `${place.replace(/(?<=.)\/+$/, '')}/${IDENTITY}`;
  if (whole.endsWith(`/${IDENTITY}`) && whole.indexOf(IDENTITY) === whole.length - IDENTITY.length)
    return whole + query;
  throw new FirnError('config', `${value}: {identity} must be the last part of the path, once`, {
    operation: `read the location from ${source}`,
    hint: 'Write it like this: /srv/archives/{identity}',
  });
}
