import * as v from 'valibot';
import type { ClockSpan, Hook } from '../model/policy/config.ts';
import { clockSpan, cron, duration, path, shortDuration, text, timeZone } from './value-schemas.ts';

/** One entry of `tables`, checked: durations in milliseconds. */
export interface TableSettings {
  readonly hot?: number | undefined;
  readonly warm?: number | undefined;
  readonly cold?: number | undefined;
  readonly time_column?: string | undefined;
  readonly open_while?: string | null | undefined;
  readonly triggers?: 'refuse' | 'allow' | undefined;
  readonly lookup_keys?: readonly string[] | undefined;
  readonly group?: string | null | undefined;
  readonly compression?: 'gzip' | 'none' | undefined;
}

/** What a configuration file says, checked: durations in milliseconds, `never` as null. */
export interface FileSettings {
  readonly preset?: 'observability' | 'none' | undefined;
  readonly database?: string | undefined;
  readonly archives?: string | undefined;
  readonly compression?: 'gzip' | 'none' | undefined;
  readonly tables?: ReadonlyMap<string, TableSettings> | null | undefined;
  readonly groups?: ReadonlyMap<string, readonly string[]> | null | undefined;
  readonly exempt?: readonly string[] | null | undefined;
  readonly weekly_tables?: readonly string[] | undefined;
  readonly schedule?:
    | {
        readonly daily?: string | null | undefined;
        readonly weekly?: string | null | undefined;
        readonly monthly?: string | null | undefined;
        readonly jitter?: number | undefined;
        readonly time_zone?: string | undefined;
      }
    | undefined;
  readonly quiet_hours?: readonly ClockSpan[] | undefined;
  readonly pace?: number | undefined;
  readonly max_runtime?: number | undefined;
  readonly hooks?:
    | { readonly on_failure?: Hook | undefined; readonly on_overdue?: Hook | undefined }
    | undefined;
  readonly reclaim?: 'never' | 'incremental' | undefined;
}

const compression = v.pipe(
  v.picklist(['gzip', 'none']),
  v.description(
    'How the lines of a segment are stored: gzip (any gzip tool reads it) or none (plain .jsonl).',
  ),
);

const lookupKeys = v.pipe(
  v.array(text),
  v.check(
    (keys) => new Set(keys.map((key) => key.toLowerCase())).size === keys.length,
    'a column is named twice',
  ),
  v.description(
    'Id columns to find archived rows by. Each gets a Bloom filter per block; the primary key always does.',
  ),
);

/** One entry of `tables`. What an own table must have is checked where the preset is known. */
const tableSchema = v.pipe(
  v.strictObject({
    hot: v.optional(duration('How long a row stays in the database, from the time in time_column.')),
    warm: v.optional(duration('How long its day then stays as a file of its own.')),
    cold: v.optional(
      duration('How long it then stays in the month’s bundle. 0d: deleted at the end of warm.'),
    ),
    time_column: v.optional(v.pipe(text, v.description('The column that a row’s age counts from.'))),
    open_while: v.optional(
      v.pipe(
        v.nullable(text),
        v.description(
          'SQL over the table’s columns that is true while a row may still change; null for none.',
        ),
      ),
    ),
    lookup_keys: v.optional(lookupKeys),
    group: v.optional(
      v.pipe(v.nullable(text), v.description('A name that stands for several tables; null for none.')),
    ),
    compression: v.optional(compression),
    triggers: v.optional(
      v.pipe(
        v.picklist(['refuse', 'allow']),
        v.description(
          'Whether triggers of the table may write to other tables when Firn deletes its archived rows. refuse: such a table is not archived.',
        ),
      ),
    ),
  }),
  v.description('How one table ages.'),
);

const hook = v.pipe(
  v.strictObject({
    command: v.optional(
      v.pipe(text, v.description('Run by the shell, with the run’s JSON on its standard input.')),
    ),
    url: v.optional(
      v.pipe(
        text,
        v.check(
          (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
          'must be an http or https address',
        ),
        v.description('Gets the run’s JSON as a POST.'),
      ),
    ),
  }),
  v.check(
    ({ command, url }) => (command === undefined) !== (url === undefined),
    'give either `command` or `url`',
  ),
);

const schedule = v.strictObject({
  daily: v.optional(cron('When every table but the weekly ones is archived.')),
  weekly: v.optional(cron('When the tables of weekly_tables are archived.')),
  monthly: v.optional(cron('When warm files are bundled and expired ones purged.')),
  jitter: v.optional(shortDuration('Each start is put off by a random time up to this.')),
  time_zone: v.optional(
    v.pipe(
      timeZone,
      v.description('The zone of the schedule and of quiet_hours; without it the machine’s own.'),
    ),
  ),
});

const settings = {
  preset: v.optional(
    v.pipe(
      v.picklist(['observability', 'none']),
      v.description('Policies that come with Firn: observability (the default) or none.'),
    ),
  ),
  database: v.optional(
    v.pipe(path, v.description('The SQLite file. A relative path starts at this file’s folder.')),
  ),
  archives: v.optional(
    v.pipe(path, v.description('The archives’ folder. A relative path starts at this file’s folder.')),
  ),
  compression: v.optional(compression),
  exempt: v.optional(
    v.pipe(
      v.nullable(v.array(text)),
      v.description('Tables kept for ever, on purpose. A table of the preset may be named.'),
    ),
  ),
  weekly_tables: v.optional(
    v.pipe(
      v.array(text),
      v.description('Tables and groups that the weekly job archives; the daily job archives all others.'),
    ),
  ),
  schedule: v.optional(
    v.pipe(schedule, v.description('When `firn run` starts its jobs, and what `firn schedule` installs.')),
  ),
  quiet_hours: v.optional(
    v.pipe(
      v.array(clockSpan),
      v.description('Spans of the day in which no scheduled work starts or goes on, such as 09:00-17:30.'),
    ),
  ),
  pace: v.optional(
    v.pipe(
      v.number(),
      v.gtValue(0, 'must be more than 0'),
      v.maxValue(1, 'must be at most 1'),
      v.description(
        'The share of the time that Firn may work, from just above 0 to 1 (full speed, the default).',
      ),
    ),
  ),
  max_runtime: v.optional(shortDuration('A job stops cleanly after this time, and the next one goes on.')),
  hooks: v.optional(
    v.pipe(
      v.strictObject({
        on_failure: v.optional(v.pipe(hook, v.description('Called when a job failed or found damage.'))),
        on_overdue: v.optional(v.pipe(hook, v.description('Called when a job or a table is overdue.'))),
      }),
      v.description('Who is told when something is wrong.'),
    ),
  ),
  reclaim: v.optional(
    v.pipe(
      v.picklist(['never', 'incremental']),
      v.description('Whether jobs give free pages back to the disk, in short steps (never is the default).'),
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
      v.description('Tables by name: changes to the preset’s, and tables of your own.'),
    ),
  ),
  groups: v.optional(
    v.pipe(
      v.nullable(v.record(v.string(), v.array(text))),
      v.description('Further names for lists of tables.'),
    ),
  ),
});
