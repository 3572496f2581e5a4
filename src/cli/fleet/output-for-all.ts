import { resolve } from 'node:path';
import type { FleetConfig } from '../../config/fleet-config.ts';
import { requireOwnPath } from '../../hot/own-path.ts';
import { findDatabases } from '../../operate/fleet/find-databases.ts';
import type { Context } from '../frame/context.ts';

/** The absolute path of a file for the answer. Throws as `Context.outputPath`, for all databases. */
export async function outputForAll({ io }: Context, config: FleetConfig, path: string): Promise<string> {
  const { databases: entries, folder, archives, file } = config;
  const absolute = resolve(io.cwd, path);
  const { databases } = findDatabases({ entries, folder, archives: archives.folders });
  for (const database of [null, ...databases.map((one) => one.path)])
    requireOwnPath(
      absolute,
      { database, archives: archives.folders, config: file },
      { operation: 'write the result' },
    );
  return absolute;
}
