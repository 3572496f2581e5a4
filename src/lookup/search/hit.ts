import { decodeLine, type Row } from '../../format/line/line.ts';
import type { Instant } from '../../model/instant.ts';
import { ARCHIVED_AT } from '../../model/shape.ts';
import type { Tier } from '../read/query.ts';

/** A row that was found. */
export interface Hit {
  readonly table: string;
  readonly tier: Tier;
  /** The row's own time; null for a hot row whose time cannot be understood (those come last). */
  readonly time: Instant | null;
  /** The row as a segment's line, line feed included; a hot row's has no `_archived_at`. */
  readonly line: Uint8Array;
  /** The segment that holds it; null for a hot row. */
  readonly segment: string | null;
  /** The columns of the primary key, in key order; none for a table without one. */
  readonly keyColumns: readonly string[];
  /** True for an archived row whose key another row of the database has now; looked for only when a search is told to. */
  readonly sameKeyInHot?: boolean;
  /** Place in the answer: the time, negative when the newest come first, infinite without one. */
  readonly order: number;
  /** Decides where the times are equal. */
  readonly place: string;
}

/** The row's columns with exact values, without those that Firn adds to lines. */
export function rowOf(hit: Pick<Hit, 'line' | 'table'>): Row {
  const { [ARCHIVED_AT]: _, ...row } = decodeLine(hit.line, hit.table);
  return row;
}
