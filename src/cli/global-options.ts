import { flag, type Option, value } from './command.ts';
import type { GlobalFlags } from './context.ts';

export const GLOBAL_OPTIONS: Readonly<Record<keyof GlobalFlags, Option<unknown>>> = {
  dbPath: value('--db-path <PATH>', 'the database (FIRN_DB; default database/ideas.db)', {
    completes: 'files',
  }),
  archivePath: value(
    '--archive-path <PATH>',
    'the folder of the archives (FIRN_ARCHIVES; default archives/)',
    {
      completes: 'folders',
    },
  ),
  config: value(
    '--config <FILE>',
    'the configuration (FIRN_CONFIG; default firn.config.yaml, if there is one)',
    {
      completes: 'files',
    },
  ),
  quiet: flag('--quiet', 'only the answer, warnings and errors'),
  verbose: flag('--verbose', 'more words, and stack traces of errors'),
};
