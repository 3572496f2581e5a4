import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { readTextFile } from '../../config/text-file.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import type { Config } from '../../model/policy/config.ts';

/** What `openFirn` works with. Relative paths start at the working directory, those in a configuration file at its folder. */
export interface FirnOptions {
  /** The SQLite database file. Needed unless the configuration names it. */
  readonly database?: string | undefined;
  /** The archive folder. It is created by the first run. Needed unless the configuration names it. */
  readonly archives?: string | undefined;
  /**
   * The path of a configuration file (`firn.config.yaml`), or the same settings as an object. Without it, the built-in policies of the
   * `observability` preset apply.
   */
  readonly config?: string | FirnSettings | undefined;
  /** Another clock than that of the system: for tests. */
  readonly clock?: Clock | undefined;
}

/** The settings of a configuration file as an object, with its keys and forms: `{ tables: { events: { hot: '30d', … } } }`. See docs/configuration.md. */
export type FirnSettings = Readonly<Record<string, unknown>>;

const INLINE = 'config';

/** The configuration that options describe. The environment is not looked at. Throws `config` for everything that is wrong in it. */
export function configOf({ database, archives, config }: FirnOptions): Config {
  const text = typeof config === 'object' ? `${JSON.stringify(config, null, 2)}\n` : null;
  const file = typeof config === 'string' ? config : text === null ? undefined : INLINE;
  const loaded = loadConfig({
    flags: { dbPath: database, archivePath: archives, config: file },
    env: {},
    cwd: resolve('.'),
    readFile: (path) => (text !== null ? text : file === undefined ? null : readTextFile(path)),
  });
  for (const name of ['database', 'archives'] as const) {
    if (loaded.origins[name].from === 'default') {
      throw new FirnError('config', `\`${name}\` is missing`, {
        operation: 'open Firn',
        path: name,
        hint: `Pass it: openFirn({ ${name}: '…' }), or name it in the configuration.`,
      });
    }
  }
  // Inline settings are in no file that would have to be kept from being overwritten.
  return text === null ? loaded : { ...loaded, origins: { ...loaded.origins, file: null } };
}
