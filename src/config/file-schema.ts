import * as v from 'valibot';
import type { Compression } from '../model/policy/compression.ts';
import type { ClockSpan, Hook } from '../model/policy/config.ts';
import type { ArchivesSetting } from './archives-setting.ts';
import {
  hook,
  type LimitSettings,
  limits,
  type S3FileSettings,
  type ScheduleSettings,
  s3,
  schedule,
  type WebFileSettings,
  web,
} from './setting-schemas.ts';
import { compression, compressionLevel, type TableSettings, tableSchema } from './table-schema.ts';
import { clockSpan, path, shortDuration, text } from './value-schemas.ts';

/** The settings of a configuration file, checked: durations in milliseconds, `never` as null. */
export interface FileSettings {
  readonly preset?: 'observability' | 'none' | undefined;
  readonly database?: string | undefined;
  readonly databases?: readonly string[] | undefined;
  readonly archives?: ArchivesSetting | undefined;
  readonly compression?: Compression | undefined;
  readonly compression_level?: number | undefined;
  readonly lake?: boolean | undefined;
  readonly tables?: ReadonlyMap<string, TableSettings> | null | undefined;
  readonly groups?: ReadonlyMap<string, readonly string[]> | null | undefined;
  readonly exempt?: readonly string[] | null | undefined;
  readonly weekly_tables?: readonly string[] | undefined;
  readonly schedule?: ScheduleSettings | undefined;
  readonly quiet_hours?: readonly ClockSpan[] | undefined;
  readonly pace?: number | undefined;
  readonly max_runtime?: number | undefined;
  readonly hooks?:
    | { readonly on_failure?: Hook | undefined; readonly on_overdue?: Hook | undefined }
    | undefined;
  readonly reclaim?: 'never' | 'incremental' | undefined;
  readonly limits?: LimitSettings | undefined;
  readonly web?: WebFileSettings | undefined;
  readonly s3?: S3FileSettings | undefined;
}

const tiers = v.strictObject({
  warm: v.pipe(path, v.description('Location of the warm segments and of all records.')),
  cold: v.pipe(path, v.description('Location of the cold bundles: another disk, mount or bucket.')),
});

const settings = {
  preset: v.optional(
    v.pipe(
      v.picklist(['observability', 'none']),
      v.description('Built-in policies: observability (default) or none.'),
    ),
  ),
  database: v.optional(
    v.pipe(
      path,
      v.description(
        'Path of the SQLite file. A relative path starts at the folder of this configuration file.',
      ),
    ),
  ),
  databases: v.optional(
    v.pipe(
      v.array(path),
      v.minLength(1, 'must name at least one database'),
      v.description(
        'Instead of database: paths and patterns of several SQLite files, such as /srv/agents/*/ideas.db. A pattern that begins with ! excludes.',
      ),
    ),
  ),
  // One of the two, so that what is wrong inside is named.
  archives: v.optional(
    v.lazy((value): v.GenericSchema<ArchivesSetting> => (isMapping(value) ? tiers : path)),
  ),
  compression: v.optional(compression),
  compression_level: v.optional(compressionLevel),
  lake: v.optional(
    v.pipe(
      v.boolean(),
      v.description('Keep a copy of the archives as Parquet beside them, for SQL (default: false).'),
    ),
  ),
  exempt: v.optional(
    v.pipe(
      v.nullable(v.array(text)),
      v.description('Tables to keep forever. Tables of the preset can be listed too.'),
    ),
  ),
  weekly_tables: v.optional(
    v.pipe(
      v.array(text),
      v.description('Tables and groups that the weekly job archives. The daily job archives all others.'),
    ),
  ),
  schedule: v.optional(
    v.pipe(schedule, v.description('When the jobs run. Used by firn run and firn schedule.')),
  ),
  quiet_hours: v.optional(
    v.pipe(
      v.array(clockSpan),
      v.description(
        'Time ranges without scheduled work, such as 09:00-17:30. A running job stops when one begins.',
      ),
    ),
  ),
  pace: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0, 'must be more than 0'),
      v.maxValue(1, 'must be at most 1'),
      v.description(
        'Maximum share of the time that Firn works, above 0 and at most 1 (default: 1, full speed).',
      ),
    ),
  ),
  max_runtime: v.optional(shortDuration('Maximum duration of a job. The next job continues its work.')),
  hooks: v.optional(
    v.pipe(
      v.strictObject({
        on_failure: v.optional(
          v.pipe(hook, v.description('What to call when a job failed, was partly done or found damage.')),
        ),
        on_overdue: v.optional(v.pipe(hook, v.description('What to call when a job or a table is overdue.'))),
      }),
      v.description('Notifications about problems.'),
    ),
  ),
  limits: v.optional(limits),
  web: v.optional(web),
  s3: v.optional(s3),
  reclaim: v.optional(
    v.pipe(
      v.picklist(['never', 'incremental']),
      v.description(
        'Whether jobs shrink the database file by its free pages: incremental, or never (default).',
      ),
    ),
  ),
};

/** Checks a file whose `tables` and `groups` are Maps: any table name is possible, `__proto__` included. */
export const fileSchema: v.GenericSchema<unknown, FileSettings> = v.strictObject({
  ...settings,
  tables: v.optional(v.nullable(v.map(text, tableSchema))),
  groups: v.optional(v.nullable(v.map(text, v.array(text)))),
});

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same for editors. */
export const editorSchema: v.GenericSchema = v.strictObject({
  ...settings,
  archives: v.optional(
    v.pipe(
      v.union([path, tiers]),
      v.description(
        'Path of the archive folder, or one for each tier (warm and cold). A relative path starts at the folder of this configuration file. With databases, each database has a folder in it, named by its identity ({identity}).',
      ),
    ),
  ),
  tables: v.optional(
    v.pipe(
      v.nullable(v.record(v.string(), tableSchema)),
      v.description(
        'Policies by table name: changes to policies of the preset, and policies of your own tables.',
      ),
    ),
  ),
  groups: v.optional(
    v.pipe(
      v.nullable(v.record(v.string(), v.array(text))),
      v.description('Additional groups for firn archive: name and list of tables.'),
    ),
  ),
});
