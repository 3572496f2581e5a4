import * as v from 'valibot';
import type { ClockSpan, Hook } from '../model/policy/config.ts';
import { SPANS, type Span } from '../model/policy/span.ts';
import { hook, type LimitSettings, limits, type ScheduleSettings, schedule } from './setting-schemas.ts';
import {
  clockSpan,
  duration,
  durationOrForever,
  path,
  shortDuration,
  text,
  timeFormat,
} from './value-schemas.ts';

/** One entry of `tables`, checked: durations in milliseconds. */
export interface TableSettings {
  readonly hot?: number | undefined;
  readonly warm?: number | undefined;
  readonly cold?: number | undefined;
  readonly time_column?: string | undefined;
  readonly time_format?: string | undefined;
  readonly open_while?: string | null | undefined;
  readonly triggers?: 'refuse' | 'allow' | undefined;
  readonly lookup_keys?: readonly string[] | undefined;
  readonly group?: string | null | undefined;
  readonly compression?: 'gzip' | 'none' | undefined;
  readonly span?: Span | undefined;
  readonly hot_rules?: readonly { readonly where: string; readonly hot: number | null }[] | undefined;
  readonly keep_last?: number | undefined;
  readonly open_until?: 'hot_and_warm' | 'never' | undefined;
}

/** The settings of a configuration file, checked: durations in milliseconds, `never` as null. */
export interface FileSettings {
  readonly preset?: 'observability' | 'none' | undefined;
  readonly database?: string | undefined;
  readonly archives?: string | undefined;
  readonly compression?: 'gzip' | 'none' | undefined;
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
}

const compression = v.pipe(
  v.picklist(['gzip', 'none']),
  v.description('Compression of the archive files: gzip, or none (plain .jsonl). A table can override it.'),
);

const lookupKeys = v.pipe(
  v.array(text),
  v.check(
    (keys) => new Set(keys.map((key) => key.toLowerCase())).size === keys.length,
    'a column is listed twice',
  ),
  v.description('Id columns for fast search in the archives. The primary key is always included.'),
);

/** One entry of `tables`. What an own table must have is checked where the preset is known. */
const tableSchema = v.pipe(
  v.strictObject({
    hot: v.optional(duration('How long a row stays in the database, counted from the time in time_column.')),
    warm: v.optional(
      duration('How long a row then stays in the file of its table and day (or week, or month: see span).'),
    ),
    cold: v.optional(
      duration(
        'How long a row then stays in the bundle of its month. 0d: Firn deletes it at the end of warm.',
      ),
    ),
    time_column: v.optional(v.pipe(text, v.description('The column that the age of a row counts from.'))),
    time_format: v.optional(timeFormat),
    open_while: v.optional(
      v.pipe(
        v.nullable(text),
        v.description(
          'SQL expression over the table’s columns that is true while a row is unfinished. Such a row stays in the database, at most for hot + warm. null: no such rule.',
        ),
      ),
    ),
    lookup_keys: v.optional(lookupKeys),
    group: v.optional(v.pipe(v.nullable(text), v.description('Name of a group of tables. null: no group.'))),
    compression: v.optional(compression),
    span: v.optional(
      v.pipe(
        v.picklist(SPANS),
        v.description(
          'How much time one archive file of the table covers: day (default), week (Monday to Sunday, UTC) or month. Rows wait in the database until the week or month has ended.',
        ),
      ),
    ),
    hot_rules: v.optional(
      v.pipe(
        v.array(
          v.strictObject({
            where: v.pipe(
              text,
              v.description('SQL expression over the table’s columns, checked as open_while is.'),
            ),
            hot: durationOrForever('How long such a row stays in the database.'),
          }),
        ),
        v.description(
          'Hot times by value: the first rule whose expression is true for a row replaces hot for that row.',
        ),
      ),
    ),
    keep_last: v.optional(
      v.pipe(
        v.number(),
        v.safeInteger('must be a whole number'),
        v.minValue(0, 'must not be negative'),
        v.description('The newest rows by time, this many, always stay in the database. 0 (default): none.'),
      ),
    ),
    open_until: v.optional(
      v.pipe(
        v.picklist(['hot_and_warm', 'never']),
        v.description(
          'How long open_while keeps a row: at most for hot + warm (hot_and_warm, the default), or as long as it is true (never).',
        ),
      ),
    ),
    triggers: v.optional(
      v.pipe(
        v.picklist(['refuse', 'allow']),
        v.description(
          'Whether DELETE triggers of the table may write to tables when Firn deletes archived rows. refuse (default): Firn does not archive such a table.',
        ),
      ),
    ),
  }),
  v.description('The policy of one table.'),
);

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
  archives: v.optional(
    v.pipe(
      path,
      v.description(
        'Path of the archive folder. A relative path starts at the folder of this configuration file.',
      ),
    ),
  ),
  compression: v.optional(compression),
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

/** The same for editors. */
export const editorSchema: v.GenericSchema = v.strictObject({
  ...settings,
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
