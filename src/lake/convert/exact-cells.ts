import type { LakeColumn } from '../../format/lake/lake-file.ts';
import { InvalidText, type SqlValue } from '../../format/line/line.ts';
import { encodeValue } from '../../format/line/line-encode.ts';

/** A text that reads as a number of a line. */
export const NUMBER_TEXT = '-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
const READS_AS_NUMBER = new RegExp(`^${NUMBER_TEXT}$`);

/** What a Parquet column holds of a cell. */
export interface LakeCell {
  readonly stored: bigint | number | string | Uint8Array | null;
  /** Whether `stored` alone does not say what the cell is: `_exact` has it then. */
  readonly isExact: boolean;
}

const NOTHING: LakeCell = { stored: null, isExact: false };
const ELSEWHERE: LakeCell = { stored: null, isExact: true };

export function cellIn({ kind, any }: LakeColumn, value: SqlValue): LakeCell {
  if (value === null) return NOTHING;
  switch (kind) {
    case 'INT64':
      return typeof value === 'bigint' ? { stored: value, isExact: false } : ELSEWHERE;
    case 'DOUBLE':
      return typeof value === 'number' ? { stored: value, isExact: false } : ELSEWHERE;
    case 'BYTE_ARRAY':
      return value instanceof Uint8Array ? { stored: value, isExact: false } : ELSEWHERE;
    case 'UTF8':
      if (typeof value === 'string')
        return { stored: value, isExact: any === true && READS_AS_NUMBER.test(value) };
      if (any !== true || value instanceof InvalidText || value instanceof Uint8Array) return ELSEWHERE;
      return typeof value === 'bigint' || (Number.isFinite(value) && !Object.is(value, -0))
        ? { stored: encodeValue(value), isExact: false }
        : ELSEWHERE;
  }
}
