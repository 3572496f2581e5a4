import * as v from 'valibot';
import type { Span } from '../model/policy/span.ts';
import { type TimeFormat, timeFormatProblem } from '../model/time/time-format.ts';
import type { Format } from './format-version.ts';

/*
 * What the footer of a segment says in format 3 only: docs/format.md. A new key has its value here in `Additions`, its schema, and its place in
 * both conversions; writing, reading, the choice of the format and the check follow.
 */

/** What a footer adds. Each has a value that formats 1 and 2 stand for. */
export interface Additions {
  /** The segment covers the span that begins with its day. */
  readonly span: Span;
  /** How the values of the time column are read. Missing: `auto`, and every time is in a form that Firn always read. */
  readonly timeFormat?: TimeFormat | undefined;
}

/** The value that formats 1 and 2 stand for is not written. */
export const additionsSchema: {
  readonly span: v.OptionalSchema<v.PicklistSchema<['week', 'month'], undefined>, undefined>;
  readonly time_format: v.OptionalSchema<v.GenericSchema<string>, undefined>;
} = {
  span: v.optional(v.picklist(['week', 'month'])),
  time_format: v.optional(
    v.pipe(
      v.string(),
      v.check((format) => timeFormatProblem(format) === null, 'not a time format'),
    ),
  ),
};

type AdditionsJson = v.InferOutput<v.StrictObjectSchema<typeof additionsSchema, undefined>>;

/** The keys of the footer: none when formats 1 and 2 can describe the segment. */
export function additionsJson({ span, timeFormat }: Additions): AdditionsJson {
  return {
    ...(span === 'day' ? {} : { span }),
    ...(timeFormat === undefined ? {} : { time_format: timeFormat }),
  };
}

/** The inverse of `additionsJson`. */
export function additionsOf({ span, time_format }: AdditionsJson): Additions {
  return { span: span ?? 'day', ...(time_format === undefined ? {} : { timeFormat: time_format }) };
}

/** The oldest format that can describe a segment, whatever its size. */
export function describingFormat(additions: Additions): Format {
  return Object.keys(additionsJson(additions)).length === 0 ? 1 : 3;
}
