import { bundleOf } from '../../../archive/stored-segment.ts';
import { decodeLine, InvalidText, type Row, type SqlValue } from '../../../format/line/line.ts';
import { type ColumnReader, columnReader } from '../../../format/line/line-columns.ts';
import { warmPath } from '../../../format/segment-names.ts';
import type { SearchReport } from '../../../lookup/places/search-report.ts';
import { conditionText } from '../../../lookup/read/kin.ts';
import type { Tier } from '../../../lookup/read/query.ts';
import { type Hit, rowOf } from '../../../lookup/search/hit.ts';
import { formatInstant } from '../../../model/instant.ts';
import { byWord } from '../../../model/names.ts';
import { exactRow } from './exact-row.ts';

/** All rows that a search found: the JSON of `firn search`. */
export interface SearchAnswer extends SearchTotals {
  readonly command: 'search';
  readonly hits: readonly SearchHit[];
}

/** How many rows match: the JSON of `firn search --count`. */
export interface CountAnswer extends SearchTotals {
  readonly command: 'search';
}

/** What a search found and read, without the rows. */
export interface SearchTotals extends SearchReportAnswer {
  /** Rows given out. */
  readonly count: number;
  /** True when a limit left out further rows. */
  readonly more: boolean;
  /** Why the search ended before its end; null when it did not. */
  readonly stopped: string | null;
}

/** What a search read, and what it could not read. */
export interface SearchReportAnswer {
  /** False when rows may be missing: see `problems`, `unread`, `more` and `stopped`. */
  readonly complete: boolean;
  /** Archive files that could not be read. */
  readonly problems: readonly {
    readonly segment: string;
    readonly path: string;
    readonly table: string;
    readonly tier: 'warm' | 'cold';
    /** Rows that it holds. */
    readonly rows: number;
    readonly message: string;
  }[];
  /** Tables whose database rows could not be read. */
  readonly unread: readonly { readonly table: string; readonly message: string }[];
  /** Rows found, by tier; `superseded` are archived rows that are also in the database and counted there. */
  readonly rows: Readonly<Record<Tier | 'superseded', number>>;
  /** Archive files and blocks read, and why others were not. */
  readonly segments: ReadCounts;
  readonly blocks: ReadCounts;
  /** Bytes of the archive files of these tables; bytes read from them; bytes of text decompressed. */
  readonly bytes: { readonly total: number; readonly read: number; readonly inflated: number };
  /** Tables and columns that were not there. */
  readonly notes: readonly string[];
}

/** What a search read, and by reason what it did not need to read: another table, tier or time, no such column or key, enough rows. */
export interface ReadCounts {
  readonly total: number;
  readonly pruned: Readonly<Record<'table' | 'tier' | 'time' | 'column' | 'key' | 'limit', number>>;
  readonly read: number;
}

/** A row that a search found. */
export interface SearchHit extends HitPlace {
  /** The columns with exact values: integers as bigint, BLOBs as bytes. Of an archived row also `_archived_at`. */
  readonly row: Row;
}

/** Where a found row is. */
export interface HitPlace {
  readonly table: string;
  readonly tier: Tier;
  /** The row's own time, UTC ISO 8601; null when it is missing or invalid. */
  readonly time: string | null;
  /** The archive file, and the file that has its bytes; null for a row of the database. */
  readonly segment: string | null;
  readonly path: string | null;
  /** The values of the primary key, as `explain` takes them; null without a key. */
  readonly key: readonly string[] | null;
  /** The columns of the primary key, in key order. */
  readonly key_columns: readonly string[];
  /** True for an archived row whose key a different row of the database has now. */
  readonly same_key_in_database?: true;
}

/** A hit in the shape of Firn's JSON. @param columns the columns to show; null: all. @internal */
export function searchHitJson(hit: Hit, columns: readonly string[] | null = null): SearchHit {
  const row = columns === null ? decodeLine(hit.line, hit.table) : pickedRow(hit, columns);
  return { ...hitPlace(hit), row: exactRow(row) };
}

/** Where a hit is, in the shape of Firn's JSON. @internal */
export function hitPlace({ table, tier, time, segment, line, keyColumns, sameKeyInHot }: Hit): HitPlace {
  return {
    ...{ table, tier, time: time === null ? null : formatInstant(time), segment },
    path: segment === null ? null : tier === 'warm' ? warmPath(segment) : bundleOf(segment),
    ...{ key: keyOf(line, keyColumns), key_columns: keyColumns },
    ...(sameKeyInHot ? { same_key_in_database: true } : {}),
  };
}

/** The row of a hit with these columns only, in this order. A column that the row lacks is left out. @internal */
export function pickedRow(hit: Hit, columns: readonly string[]): Row {
  const row = rowOf(hit);
  return Object.fromEntries(
    columns.flatMap((column) => {
      const found = columnOf(row, column);
      return found === undefined ? [] : [[found.name, found.value]];
    }),
  );
}

/** A column of a row under any case of its name; undefined where the row has none: tables differ. @internal */
export function columnOf(
  row: Row,
  column: string,
): { readonly name: string; readonly value: SqlValue } | undefined {
  const name = byWord(Object.keys(row), column);
  return name === undefined ? undefined : { name, value: row[name]! };
}

/** Kept from hit to hit: those of a table have the same columns. */
const keyReaders = new WeakMap<readonly string[], ColumnReader>();

/** Null without a key, or where no condition can say it. */
function keyOf(line: Uint8Array, columns: readonly string[]): string[] | null {
  if (columns.length === 0) return null;
  const read = keyReaders.get(columns) ?? columnReader(columns);
  keyReaders.set(columns, read);
  const values = read(line);
  const isKey = (value: SqlValue | undefined): value is Exclude<SqlValue, null | InvalidText> =>
    value !== undefined && value !== null && !(value instanceof InvalidText);
  return values.every(isKey) ? values.map(conditionText) : null;
}

/** What a search read, in the shape of Firn's JSON. @internal */
export function searchReportJson(report: SearchReport): SearchReportAnswer {
  const { segments, blocks, bytes, rows, problems, unread, notes } = report;
  return {
    complete: problems.length === 0 && unread.length === 0,
    problems: problems.map(({ segment, path, table, tier, rows: lost, why: message }) => ({
      ...{ segment, path, table, tier, rows: lost, message },
    })),
    unread: unread.map(({ table, why: message }) => ({ table, message })),
    ...{ rows, segments, blocks, bytes, notes },
  };
}
