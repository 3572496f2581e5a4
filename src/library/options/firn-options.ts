import { resolve } from 'node:path';
import type { FleetConfig } from '../../config/fleet-config.ts';
import { loadConfiguration } from '../../config/load.ts';
import { readTextFile } from '../../config/text-file.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import type { Config } from '../../model/policy/config.ts';
import type { Stores } from '../../operate/stores.ts';
import { storesOf } from '../../stores/stores-of.ts';
import { systemClock } from '../../stores/system-clock.ts';

/** What `openFirn` works with. Relative paths start at the working directory, those in a configuration file at its folder. */
export interface FirnOptions {
  /** The SQLite database file. Needed unless the configuration names it; of several `databases`, the one that is meant. */
  readonly database?: string | undefined;
  /** The archive folder. It is created by the first run. Needed unless the configuration names it. */
  readonly archives?: string | undefined;
  /**
   * The path of a configuration file (`firn.config.yaml`), or the same settings as an object. Without it, the built-in policies of the
   * `observability` preset apply.
   */
  readonly config?: string | FirnSettings | undefined;
  /**
   * For archives on S3: the variables that say who signs requests (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`),
   * usually `process.env`. Without the keys, the AWS SDK finds them, if it is installed.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Another clock than that of the system: for tests. */
  readonly clock?: Clock | undefined;
}

/** The settings of a configuration file as an object, with its keys and forms: `{ tables: { events: { hot: '30d', … } } }`. See docs/configuration.md. */
export type FirnSettings = Readonly<Record<string, unknown>>;

const INLINE = 'config';

/**
 * The stores of the configuration that options describe. The environment of the process is not looked at, and nothing is opened; but of a configuration of several
 * databases, the one that `database` names, to learn which archive it has. Throws `config` for everything that is wrong in it.
 */
export async function storesOfOptions({ clock = systemClock, ...given }: FirnOptions): Promise<Stores> {
  const loaded = loadGiven(given);
  if (!('databases' in loaded)) return storesOf(complete(loaded), clock);
  if (loaded.only === null) {
    throw new FirnError('usage', 'the configuration has several databases', {
      operation: 'open Firn',
      path: loaded.file,
      hint: 'Name one of them: openFirn({ config, database: PATH }).',
    });
  }
  const { memberStores, openMember } = await import('../../stores/fleet/open-fleet.ts');
  return memberStores(await openMember(loaded, clock, null, resolve('.')), clock);
}

function loadGiven({ database, archives, config, env = {} }: FirnOptions): Config | FleetConfig {
  const text = typeof config === 'object' ? `${JSON.stringify(config, null, 2)}\n` : null;
  const file = typeof config === 'string' ? config : text === null ? undefined : INLINE;
  const loaded = loadConfiguration({
    flags: { dbPath: database, archivePath: archives, config: file },
    env: { ...env, FIRN_DB: undefined, FIRN_ARCHIVES: undefined, FIRN_CONFIG: undefined },
    cwd: resolve('.'),
    readFile: (path) => (text !== null ? text : file === undefined ? null : readTextFile(path)),
  });
  // Inline settings are in no file that would have to be kept from being overwritten.
  return text === null ? loaded : { ...loaded, origins: { ...loaded.origins, file: null } };
}

/** The same, when both places are named. */
function complete(config: Config): Config {
  for (const name of ['database', 'archives'] as const) {
    if (config.origins[name].from === 'default') {
      throw new FirnError('config', `\`${name}\` is missing`, {
        operation: 'open Firn',
        path: name,
        hint: `Pass it: openFirn({ ${name}: '…' }), or name it in the configuration.`,
      });
    }
  }
  return config;
}
