import { quoteName, quoteText } from '../../lake/duck/load-duck.ts';
import type { TableFiles } from './table-files.ts';

/** Bytes of lines that a row group of a written Parquet file holds: all of its columns are in memory at once. */
const ROW_GROUP = 16 << 20;

/** Writes all rows of a view into an existing Parquet file. */
export function parquetSql(table: string, target: string, averageLine: number): string {
  const rows = Math.min(122_880, Math.max(2048, Math.round(ROW_GROUP / Math.max(1, averageLine))));
  // Into the file itself: a temporary file beside it would be another path, with another mode.
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rows}, USE_TMP_FILE false`;
  return `COPY (SELECT * FROM ${quoteName(table)}) TO ${quoteText(target)} (${options})`;
}

/** The same files, those archived first first. */
export function oldestFirst({ files, ...rest }: TableFiles): TableFiles {
  return {
    ...rest,
    files: files.map(({ tier, paths }) => ({ tier, paths: [...paths].reverse() })).reverse(),
  };
}
