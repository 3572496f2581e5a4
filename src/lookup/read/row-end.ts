import type { Row } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';

/** Columns that say how the work of a row ended: the first of them that has a value. */
export const ENDS = ['result_status', 'status', 'overall_result', 'result', 'severity', 'state'] as const;

const FLAGS = ['is_error', 'is_blocked'] as const;
const FAILED = /^(error|errors|fail|failed|failure|blocked|critical|fatal)$/i;

/** Whether a row tells of a failure. */
export function isFailedRow(row: Row): boolean {
  if (FLAGS.some((column) => row[column] === 1n)) return true;
  const end = ENDS.map((column) => row[column] ?? null).find((value) => value !== null && value !== '');
  return end !== undefined && typeof end !== 'object' && FAILED.test(valueText(end) ?? '');
}
