import { flag, type Option, value } from './command.ts';
import type { GlobalFlags } from './context.ts';

export const GLOBAL_OPTIONS: Readonly<Record<keyof GlobalFlags, Option<unknown>>> = {
  dbPath: value('--db-path <PATH>', 'database file (FIRN_DB, default database/ideas.db)', {
    completes: 'files',
  }),
  archivePath: value('--archive-path <PATH>', 'archive folder (FIRN_ARCHIVES, default archives/)', {
    completes: 'folders',
  }),
  database: value('--database <NAME>', 'one of several databases: its path, or a part of it', {
    completes: 'files',
  }),
  config: value('--config <FILE>', 'configuration file (FIRN_CONFIG, default firn.config.yaml)', {
    completes: 'files',
  }),
  quiet: flag('--quiet', 'print only results, warnings and errors'),
  verbose: flag('--verbose', 'print more details, and stack traces of errors'),
};
