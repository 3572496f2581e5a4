import type { LakeFile } from '../../../src/format/lake/lake-file.ts';
import { lakeDayPath } from '../../../src/format/lake/lake-path.ts';
import { receiptOf } from './receipts.ts';

/** A record of the Parquet copy of one segment, as `receiptOf` has it, but for what is said otherwise. */
export function lakeFileOf(segment: string, other: Partial<LakeFile> = {}): LakeFile {
  const { table, day, digest, rows, minTime, maxTime } = receiptOf(segment);
  return {
    ...{ path: lakeDayPath(segment), table, period: day, state: 'whole' },
    ...{ segments: [{ name: segment, seal: digest }], rows, minTime, maxTime },
    ...{ exactRows: 0, bytes: 100, sha256: 'a'.repeat(64), footerSha256: 'b'.repeat(64) },
    ...{ columns: [{ name: 'id', kind: 'INT64' }], rules: 1, writtenAt: '2026-02-01T00:00:00.000Z' },
    ...other,
  };
}
