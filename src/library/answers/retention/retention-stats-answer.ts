import type { TableWithoutPolicy } from '../../../lifecycle/cleanup/without-policy.ts';
import type { RetentionStats, TableRates } from '../../../lifecycle/report/ingest-stats.ts';
import type { Forecast } from '../../../lifecycle/report/stats-forecast.ts';

/** Ingest rate and forecast by table: the JSON of `firn retention stats`. */
export interface RetentionStatsAnswer {
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** The days of `rows_per_day`, oldest first. */
  readonly days: readonly string[];
  readonly tables: readonly TableStatistics[];
  readonly unreadable: readonly { readonly table: string; readonly message: string }[];
  readonly without_policy: readonly TableWithoutPolicyAnswer[];
}

/** The statistics of one table. */
export interface TableStatistics {
  readonly table: string;
  /** Rows of each of the last 30 complete days, wherever they are now. */
  readonly rows_per_day: readonly number[];
  readonly rows_per_day_by_tier: Readonly<Record<'hot' | 'warm' | 'cold', readonly number[]>>;
  /** Their mean, from the first day that has rows. */
  readonly mean_rows_per_day: number;
  /** The later half of those days divided by the earlier half; null when it cannot be told. */
  readonly growth: number | null;
  /** Bytes of a row as text and compressed, from the archived rows; null while there are none. */
  readonly raw_bytes_per_row: number | null;
  readonly bytes_per_row: number | null;
  readonly compression_ratio: number | null;
  readonly archived: {
    readonly segments: number;
    readonly records: number;
    readonly raw_bytes: number;
    readonly bytes: number;
  };
  readonly purged_records: number;
  readonly erased_records: number;
  /** False for a large table without an index on its time column: its hot rows are not in `rows_per_day`. */
  readonly hot_counted: boolean;
  /** What the tiers hold now and will hold in 30 and 365 days. */
  readonly forecasts: readonly Forecast[];
}

/** A table with archived rows that no policy names. Its rows are kept. */
export interface TableWithoutPolicyAnswer {
  readonly table: string;
  readonly archived_rows: number;
  readonly archived_files: number;
}

/** The statistics in the shape of Firn's JSON. @internal */
export function retentionStatsJson(stats: RetentionStats): RetentionStatsAnswer {
  return {
    as_of: stats.asOf,
    days: stats.days,
    tables: stats.tables.map(ratesJson),
    unreadable: stats.unreadable,
    without_policy: stats.withoutPolicy.map(withoutPolicyJson),
  };
}

function ratesJson(rates: TableRates): TableStatistics {
  return {
    table: rates.table,
    rows_per_day: rates.rowsPerDay,
    rows_per_day_by_tier: rates.perDayByTier,
    mean_rows_per_day: rates.pace,
    growth: rates.growth,
    raw_bytes_per_row: rates.rowSize?.raw ?? null,
    bytes_per_row: rates.rowSize?.packed ?? null,
    compression_ratio: rates.rowSize === null ? null : rates.rowSize.raw / rates.rowSize.packed,
    archived: {
      segments: rates.archived.segments,
      records: rates.archived.rows,
      raw_bytes: rates.archived.rawBytes,
      bytes: rates.archived.bytes,
    },
    purged_records: rates.purgedRows,
    erased_records: rates.erasedRows,
    hot_counted: rates.hotCounted,
    forecasts: rates.forecasts,
  };
}

/** @internal */
export function withoutPolicyJson({ table, rows, segments }: TableWithoutPolicy): TableWithoutPolicyAnswer {
  return { table, archived_rows: rows, archived_files: segments };
}
