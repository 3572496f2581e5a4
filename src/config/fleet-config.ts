import { parseLocation } from '../model/location.ts';
import type { Config, Origins } from '../model/policy/config.ts';
import type { ArchivesTemplate } from './archives-template.ts';

/** The settings that do not depend on the database. */
export type SharedSettings = Omit<Config, 'database' | 'archives' | 'identity' | 'origins'>;

interface FleetParts {
  /** Absolute path of the configuration file. */
  readonly file: string;
  /** Paths and patterns, as in the file. */
  readonly databases: readonly string[];
  /** Where relative ones start. */
  readonly folder: string;
  /** Absolute path of the one database that an option or the environment names; null for all. */
  readonly only: string | null;
  readonly archives: ArchivesTemplate;
  readonly settings: SharedSettings;
  readonly origins: Origins;
}

/** The configuration of several databases, which have all but the paths in common. */
export interface FleetConfig extends FleetParts {
  /** The configuration of one of them. @param identity a UUID. */
  configOf(database: string, identity: string): Config;
}

export function fleetConfig(parts: FleetParts): FleetConfig {
  const { settings, folder, archives, origins } = parts;
  return {
    ...parts,
    configOf: (database, identity) => ({
      ...settings,
      database: parseLocation(database, folder, origins.database.detail),
      archives: archives.of(identity),
      ...{ identity, origins },
    }),
  };
}
