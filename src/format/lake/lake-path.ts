import { isDay, isMonth, parseSegmentName } from '../segment-names.ts';

/** The folder of the lake at the root of the archive. */
export const LAKE = 'lake';

/** What the path of a lake file says. */
export interface LakePath {
  /** As in names of segments: bytes of the table's name other than `A-Z a-z 0-9 _ -` are written `%XX`. */
  readonly encodedTable: string;
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  readonly period: string;
}

const PATH = /^lake\/_table=([A-Za-z0-9_%-]+)\/_(day|month)=([0-9-]+)\/([A-Za-z0-9_%.-]+)\.parquet$/;

/** Where the Parquet copy of one segment lies: `lake/_table=<t>/_day=<d>/<segment's file name without .jsonl…>.parquet`. */
export function lakeDayPath(segment: string): string {
  const { encoded, stem, day } = partsOf(segment);
  return `${LAKE}/_table=${encoded}/_day=${day}/${stem}.parquet`;
}

/**
 * Where the copy of all segments of a table in a bundle lies: `lake/_table=<t>/_month=<m>/<t>.<16 digits>.parquet`.
 * @param segments any one of them.
 * @param digest hexadecimal, of what is in it: another content has another name.
 */
export function lakeMonthPath(segment: string, digest: string): string {
  const { encoded, day } = partsOf(segment);
  return `${LAKE}/_table=${encoded}/_month=${day.slice(0, 'YYYY-MM'.length)}/${encoded}.${digest.slice(0, 16)}.parquet`;
}

/** Null for a path that no file of the lake has. */
export function parseLakePath(path: string): LakePath | null {
  const [, encodedTable, unit, period] = PATH.exec(path) ?? [];
  if (encodedTable === undefined || period === undefined) return null;
  return (unit === 'day' ? isDay(period) : isMonth(period)) ? { encodedTable, period } : null;
}

function partsOf(segment: string): { readonly encoded: string; readonly stem: string; readonly day: string } {
  const [day = '', file = ''] = segment.split('/');
  const stem = file.replace(/\.jsonl(?:\.[a-z]+)?$/, '');
  if (parseSegmentName(segment) === null || stem === file)
    throw new Error(`${segment} is not the name of a segment`);
  return { encoded: stem.replace(/\.\d+$/, ''), stem, day };
}
