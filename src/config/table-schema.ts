import * as v from 'valibot';
import { COMPRESSIONS, type Compression, DEFAULT_LEVEL } from '../model/policy/compression.ts';
import { SPANS, type Span } from '../model/policy/span.ts';
import { duration, durationOrForever, text, timeFormat } from './value-schemas.ts';

/** One entry of `tables`, checked: durations in milliseconds. */
export interface TableSettings {
  readonly hot?: number | undefined;
  readonly warm?: number | undefined;
  readonly cold?: number | undefined;
  readonly time_column?: string | undefined;
  readonly time_format?: string | undefined;
  readonly open_while?: string | null | undefined;
  readonly with?: string | undefined;
  readonly by?: string | readonly string[] | undefined;
  readonly references?: 'keep' | 'ignore' | undefined;
  readonly triggers?: 'refuse' | 'allow' | undefined;
  readonly lookup_keys?: readonly string[] | undefined;
  readonly group?: string | null | undefined;
  readonly compression?: Compression | undefined;
  readonly compression_level?: number | undefined;
  readonly span?: Span | undefined;
  readonly hot_rules?: readonly { readonly where: string; readonly hot: number | null }[] | undefined;
  readonly keep_last?: number | undefined;
  readonly open_until?: 'hot_and_warm' | 'never' | undefined;
}

export const compression: v.GenericSchema<unknown, Compression> = v.pipe(
  v.picklist(COMPRESSIONS),
  v.description(
    'Compression of new archive files: gzip (default), zstd (faster, or smaller: compression_level), or none (plain .jsonl). A table can override it.',
  ),
);

export const compressionLevel: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.safeInteger('must be a whole number'),
  v.minValue(1, 'must be 1 to 9'),
  v.maxValue(9, 'must be 1 to 9'),
  v.description(
    `From 1 (fastest) to 9 (smallest files). Default: ${DEFAULT_LEVEL.gzip} for gzip, ${DEFAULT_LEVEL.zstd} for zstd. It goes with the compression that it stands beside.`,
  ),
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
export const tableSchema: v.GenericSchema<unknown, TableSettings> = v.pipe(
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
    compression_level: v.optional(compressionLevel),
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
    with: v.optional(
      v.pipe(
        text,
        v.description(
          'Parent table. Each row belongs to a row of it: it has that row’s time and policy, and leaves with it.',
        ),
      ),
    ),
    by: v.optional(
      v.pipe(
        v.union([text, v.pipe(v.array(text), v.minLength(1, 'must name a column'))]),
        v.description('Column, or list of columns, with the key of the parent row. Needed with `with`.'),
      ),
    ),
    references: v.optional(
      v.pipe(
        v.picklist(['keep', 'ignore']),
        v.description(
          'Whether a row stays while a remaining row refers to it by a declared foreign key: keep (default), or ignore (default of the preset).',
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
