import { flag, type Option, value } from './command.ts';

/** What every command understands, before or after its name. */
export interface GlobalFlags {
  readonly dbPath: string | undefined;
  readonly archivePath: string | undefined;
  readonly config: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

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
