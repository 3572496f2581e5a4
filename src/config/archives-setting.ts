import { FirnError } from '../model/errors.ts';
import { type Location, localPath, locationText, parseLocation } from '../model/location.ts';
import { type ArchivePlaces, onePlace, twoPlaces } from '../model/policy/archive-places.ts';

/** A value of `archives`: one location, or one for each tier. */
export type ArchivesSetting = string | { readonly warm: string; readonly cold: string };

/**
 * @param folder where a relative path starts.
 * @param source what named the locations, for the message.
 * @throws FirnError `config` for a scheme that this version does not know, and for tiers that are not apart.
 */
export function parseArchives(setting: ArchivesSetting, folder: string, source: string): ArchivePlaces {
  if (typeof setting === 'string') return onePlace(parseLocation(setting, folder, source));
  const warm = parseLocation(setting.warm, folder, `${source}, warm`);
  const cold = parseLocation(setting.cold, folder, `${source}, cold`);
  requireApart(warm, cold, source);
  return twoPlaces(warm, cold);
}

/** The same as text, of a value that is not used. Has no secret in it. */
export function archivesText(setting: ArchivesSetting, folder: string): string {
  if (typeof setting === 'string') return locationText(setting, folder);
  return `${locationText(setting.warm, folder)} (cold: ${locationText(setting.cold, folder)})`;
}

/** The same setting with each location changed. */
export function mapArchives(setting: ArchivesSetting, change: (one: string) => string): ArchivesSetting {
  if (typeof setting === 'string') return change(setting);
  return { warm: change(setting.warm), cold: change(setting.cold) };
}

/** The locations of a setting as they are written. */
export function writtenLocations(setting: ArchivesSetting): readonly string[] {
  return typeof setting === 'string' ? [setting] : [setting.warm, setting.cold];
}

/** Throws `config` for tiers of one folder, or with one in the other: each would take the other's files for its own. */
function requireApart(warm: Location, cold: Location, source: string): void {
  const refuse = (what: string): never => {
    throw new FirnError('config', `archives: ${what}`, {
      operation: `read the location from ${source}`,
      hint: 'Give each tier a folder of its own, neither inside the other. For one folder, write archives: PATH.',
    });
  };
  if (isSame(warm, cold)) refuse(`warm and cold are both ${warm.text}`);
  if (isInside(cold, warm)) refuse(`cold (${cold.text}) is inside warm (${warm.text})`);
  if (isInside(warm, cold)) refuse(`warm (${warm.text}) is inside cold (${cold.text})`);
}

function isSame(one: Location, other: Location): boolean {
  return rootOf(one) === rootOf(other) && folderOf(one) === folderOf(other);
}

function isInside(inner: Location, outer: Location): boolean {
  return rootOf(inner) === rootOf(outer) && folderOf(inner).startsWith(folderOf(outer));
}

/** The file system, or the bucket. */
function rootOf(location: Location): string {
  return location.scheme === 'file' ? 'file' : `${location.endpoint ?? ''} ${location.bucket}`;
}

/** With `/` at its end. */
function folderOf(location: Location): string {
  const folder = location.scheme === 'file' ? location.path : location.prefix;
  return folder === '' ? '' : `${folder.replace(/\/$/, '')}/`;
}

/**
 * Throws `config` for a folder of the archives that is the database's own file.
 */
export function requireBesideDatabase(places: ArchivePlaces, database: Location): void {
  const file = localPath(database);
  for (const location of new Set([places.warm, places.cold])) {
    const path = localPath(location);
    if (file === null || path === null || (path !== file && !path.startsWith(`${file}/`))) continue;
    throw new FirnError('config', `the archives are at ${path}, which is the database`, {
      operation: 'read the configuration',
      path,
      hint: 'Give the archives a folder of their own.',
    });
  }
}
