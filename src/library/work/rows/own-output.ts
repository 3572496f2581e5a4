import { resolve } from 'node:path';
import { type OutputUse, requireOwnPath } from '../../../hot/own-path.ts';
import { localPath } from '../../../model/location.ts';
import { archiveFolders } from '../../../model/policy/archive-places.ts';
import type { Config } from '../../../model/policy/config.ts';

/**
 * The absolute path of a file that the user wants written.
 * @param folder where a relative path starts.
 * @throws FirnError `refused` for what belongs to the database, the archive or the configuration, and for what is no file; `not_found` without its folder.
 */
export function ownOutput(
  { database, archives, origins }: Pick<Config, 'database' | 'archives' | 'origins'>,
  path: string,
  folder: string,
  use: OutputUse,
): string {
  const absolute = resolve(folder, path);
  const guarded = { database: localPath(database), archives: archiveFolders(archives), config: origins.file };
  requireOwnPath(absolute, guarded, use);
  return absolute;
}
