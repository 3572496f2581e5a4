import * as v from 'valibot';
import { asInstant } from '../../model/instant.ts';
import { COMPRESSIONS } from '../../model/policy/compression.ts';
import { damaged } from '../damage.ts';
import { additionsJson, additionsOf, additionsSchema } from '../format-3.ts';
import { isDay } from '../segment-names.ts';
import type { BlockEntry, FilterEntry, Footer } from './segment.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
/** Microseconds; beyond the years 1684 to 2255 they are integers, but not "safe" ones. */
const instant = v.pipe(v.number(), v.integer());
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

const footerSchema = v.strictObject({
  format: v.picklist([1, 2, 3]),
  table: v.pipe(v.string(), v.minLength(1)),
  day: v.pipe(v.string(), v.check(isDay, 'not a calendar day')),
  part: positive,
  compression: v.picklist(COMPRESSIONS),
  archived_at: v.string(),
  replaces: v.nullable(v.string()),
  columns: v.array(v.strictObject({ name: v.string(), type: v.string(), key: count })),
  primary_key: v.array(v.string()),
  time_column: v.string(),
  ddl: v.array(v.string()),
  ...additionsSchema,
  rows: positive,
  raw_bytes: positive,
  min_time: instant,
  max_time: instant,
  blocks: v.array(
    v.strictObject({
      offset: count,
      bytes: positive,
      raw_bytes: positive,
      rows: positive,
      min_time: instant,
      max_time: instant,
      sha256,
    }),
  ),
  filters: v.array(
    v.strictObject({
      column: v.string(),
      offset: count,
      bytes: count,
      lengths: v.array(count),
      crc32: v.pipe(count, v.maxValue(0xffff_ffff)),
    }),
  ),
});

/** The JSON text of a footer: everything but the seal, which stands in the tail. */
export function footerText(
  footer: Omit<Footer, 'digest' | 'lookupKeys'>,
  filters: readonly FilterEntry[],
): string {
  const json: v.InferOutput<typeof footerSchema> = {
    format: footer.format,
    table: footer.table,
    day: footer.day,
    part: footer.part,
    compression: footer.compression,
    archived_at: footer.archivedAt,
    replaces: footer.replaces,
    columns: footer.columns.map(({ name, type, key }) => ({ name, type, key })),
    primary_key: [...footer.primaryKey],
    time_column: footer.timeColumn,
    ddl: [...footer.ddl],
    ...additionsJson(footer),
    rows: footer.rows,
    raw_bytes: footer.rawBytes,
    min_time: footer.minTime,
    max_time: footer.maxTime,
    blocks: footer.blocks.map((block) => ({
      offset: block.offset,
      bytes: block.bytes,
      raw_bytes: block.rawBytes,
      rows: block.rows,
      min_time: block.minTime,
      max_time: block.maxTime,
      sha256: block.digest,
    })),
    filters: filters.map((filter) => ({ ...filter, lengths: [...filter.lengths] })),
  };
  return JSON.stringify(json);
}

/** The inverse of `footerText`. Throws `integrity` for anything that it does not write. */
export function parseFooter(
  text: string,
  digest: string,
  path: string,
): { readonly footer: Footer; readonly filters: readonly FilterEntry[] } {
  const json = parseChecked(footerSchema, text, path, 'open the segment');
  const blocks: BlockEntry[] = json.blocks.map((block) => ({
    offset: block.offset,
    bytes: block.bytes,
    rawBytes: block.raw_bytes,
    rows: block.rows,
    minTime: asInstant(block.min_time),
    maxTime: asInstant(block.max_time),
    digest: block.sha256,
  }));
  const footer: Footer = {
    format: json.format,
    table: json.table,
    day: json.day,
    part: json.part,
    compression: json.compression,
    archivedAt: json.archived_at,
    replaces: json.replaces,
    primaryKey: json.primary_key,
    timeColumn: json.time_column,
    ddl: json.ddl,
    ...additionsOf(json, json.columns, path),
    rows: json.rows,
    rawBytes: json.raw_bytes,
    minTime: asInstant(json.min_time),
    maxTime: asInstant(json.max_time),
    blocks,
    lookupKeys: json.filters.map((filter) => filter.column),
    digest,
  };
  return { footer, filters: json.filters };
}

/** JSON of the footer or table of contents, as its schema says. */
export function parseChecked<S extends v.GenericSchema>(
  schema: S,
  text: string,
  path: string,
  operation: string,
): v.InferOutput<S> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw damaged(path, operation, 'its footer is not valid JSON', cause);
  }
  const result = v.safeParse(schema, json, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw damaged(
    path,
    operation,
    `its footer is invalid at \`${v.getDotPath(issue) ?? ''}\`: ${issue.message}`,
  );
}
