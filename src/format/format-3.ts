import * as v from 'valibot';
import { DIALECT_NAMES, type DialectName } from '../model/database/dialect.ts';
import type { Compression } from '../model/policy/compression.ts';
import { type Column, generatedIn, type TimeOf } from '../model/shape.ts';
import { timeFormatProblem } from '../model/time/time-format.ts';
import type { Additions } from './additions.ts';
import { laterVersion } from './damage.ts';
import type { Format } from './format-version.ts';

/*
 * What the footer of a segment says in format 3 only: docs/format.md. A new key has its value in `Additions`, its schema here, and its place in
 * both conversions; writing, reading, the choice of the format and the check follow.
 */

interface TimeOfJson {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent_columns: readonly string[];
  readonly time_column: string;
  readonly time_format?: string | undefined;
  readonly time_of?: TimeOfJson | undefined;
}

const names = v.pipe(v.array(v.string()), v.minLength(1));

const timeOfSchema: v.GenericSchema<unknown, TimeOfJson> = v.strictObject({
  table: v.string(),
  columns: names,
  parent_columns: names,
  time_column: v.string(),
  time_format: v.optional(v.string()),
  time_of: v.optional(v.lazy(() => timeOfSchema)),
});

/** The value that formats 1 and 2 stand for is not written. */
export const additionsSchema: {
  readonly span: v.OptionalSchema<v.PicklistSchema<['week', 'month'], undefined>, undefined>;
  readonly time_format: v.OptionalSchema<v.GenericSchema<string>, undefined>;
  readonly time_of: v.OptionalSchema<v.GenericSchema<unknown, TimeOfJson>, undefined>;
  readonly generated: v.OptionalSchema<v.GenericSchema<string[]>, undefined>;
  readonly dialect: v.OptionalSchema<v.GenericSchema<string>, undefined>;
} = {
  span: v.optional(v.picklist(['week', 'month'])),
  time_format: v.optional(
    v.pipe(
      v.string(),
      v.check((format) => timeFormatProblem(format) === null, 'not a time format'),
    ),
  ),
  time_of: v.optional(timeOfSchema),
  generated: v.optional(names),
  // One that this version does not know is refused by `additionsOf`, and is no damage.
  dialect: v.optional(v.pipe(v.string(), v.minLength(1))),
};

type AdditionsJson = v.InferOutput<v.StrictObjectSchema<typeof additionsSchema, undefined>>;

/** The keys of the footer: none when formats 1 and 2 can describe the segment. */
export function additionsJson({ span, timeFormat, timeOf, columns, dialect }: Additions): AdditionsJson {
  const generated = generatedIn(columns);
  return {
    ...(span === 'day' ? {} : { span }),
    ...(timeFormat === undefined ? {} : { time_format: timeFormat }),
    ...(timeOf === undefined ? {} : { time_of: timeOfJson(timeOf) }),
    ...(generated.length === 0 ? {} : { generated: [...generated] }),
    ...(dialect === undefined || dialect === 'sqlite' ? {} : { dialect }),
  };
}

/**
 * The inverse of `additionsJson`.
 * @param columns as formats 1 and 2 describe them. @param path for messages.
 * @throws FirnError `refused` for rows of a database that only a later version of Firn knows.
 */
export function additionsOf(
  { span, time_format, time_of, generated = [], dialect }: AdditionsJson,
  columns: readonly Column[],
  path: string,
): Additions {
  return {
    span: span ?? 'day',
    columns: columns.map((column) =>
      generated.includes(column.name) ? { ...column, generated: true } : column,
    ),
    ...(time_format === undefined ? {} : { timeFormat: time_format }),
    ...(time_of === undefined ? {} : { timeOf: timeOfOf(time_of) }),
    ...(dialect === undefined ? {} : { dialect: knownDialect(dialect, path) }),
  };
}

function knownDialect(dialect: string, path: string): DialectName {
  const known = DIALECT_NAMES.find((name) => name === dialect);
  if (known !== undefined) return known;
  const what = `its rows are from a database of the kind ${JSON.stringify(dialect)}`;
  throw laterVersion(
    path,
    'open the segment',
    `${what}; this version of Firn supports only ${DIALECT_NAMES.join(' and ')}`,
  );
}

function timeOfJson({ table, by, key, timeColumn, timeFormat, timeOf }: TimeOf): TimeOfJson {
  return {
    ...{ table, columns: [...by], parent_columns: [...key], time_column: timeColumn },
    ...(timeFormat === undefined ? {} : { time_format: timeFormat }),
    ...(timeOf === undefined ? {} : { time_of: timeOfJson(timeOf) }),
  };
}

function timeOfOf({ table, columns, parent_columns, time_column, time_format, time_of }: TimeOfJson): TimeOf {
  return {
    ...{ table, by: columns, key: parent_columns, timeColumn: time_column },
    ...(time_format === undefined ? {} : { timeFormat: time_format }),
    ...(time_of === undefined ? {} : { timeOf: timeOfOf(time_of) }),
  };
}

/** The oldest format that can describe a segment, whatever its size. Its key `compression` is older, but has a value of format 3. */
export function describingFormat({
  compression,
  ...additions
}: Additions & { readonly compression: Compression }): Format {
  return compression !== 'zstd' && Object.keys(additionsJson(additions)).length === 0 ? 1 : 3;
}
