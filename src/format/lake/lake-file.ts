import type { Instant } from '../../model/instant.ts';

/** How a column of a lake file stores its values. */
export type LakeKind = 'INT64' | 'DOUBLE' | 'UTF8' | 'BYTE_ARRAY';

export interface LakeColumn {
  readonly name: string;
  readonly kind: LakeKind;
  /**
   * A `UTF8` column whose declared type is no TEXT type: it has numbers too, by their text. A text that reads as a number stands in `_exact` besides,
   * so every other value that reads as one is a number.
   */
  readonly any?: true;
}

/** A segment whose rows a lake file has, by the seal that it had then. */
export interface LakeSegment {
  /** `<day>/<file name>`. */
  readonly name: string;
  /** Hexadecimal SHA-256, as in the receipt. */
  readonly seal: string;
}

/**
 * The ledger's record of one file of the lake: a Parquet copy of archived segments of one table. writing: the file may not have its name yet.
 * whole: it was published. leaving: it is being removed, or is to be. Only a `whole` file may be read.
 */
export interface LakeFile {
  /** `lake/_table=<t>/_day=<d>/<segment>.parquet` or `lake/_table=<t>/_month=<m>/<name>.parquet`, below the archive. */
  readonly path: string;
  readonly table: string;
  /** `YYYY-MM-DD` of a file for one segment (the first day of its span), `YYYY-MM` of one for all segments of a bundle. */
  readonly period: string;
  readonly state: 'writing' | 'whole' | 'leaving';
  /** In the order of the rows. */
  readonly segments: readonly LakeSegment[];
  readonly minTime: Instant;
  readonly maxTime: Instant;
  readonly rows: number;
  /** Rows whose `_exact` is not NULL: some cell is not in its column, or not exactly. */
  readonly exactRows: number;
  readonly bytes: number;
  /** Hexadecimal SHA-256 of the file, and of its Parquet footer (from the metadata to the end of the file). */
  readonly sha256: string;
  readonly footerSha256: string;
  /** In the order of the file, without `_exact`. Cells of other columns are in `_exact`. */
  readonly columns: readonly LakeColumn[];
  /** The version of the rules by which lines become Parquet. */
  readonly rules: number;
  /** UTC ISO 8601. */
  readonly writtenAt: string;
}
