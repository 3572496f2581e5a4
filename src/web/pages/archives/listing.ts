import type { FileAnswer } from '../../../library/answers/retention/files-answer.ts';
/** By which figure the calendar is coloured. */
export type Measure = 'bytes' | 'rows';

/** What is archived of one day or month. */
export interface Amount {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  readonly rawBytes: number;
  readonly warm: number;
  readonly cold: number;
}

/** Files summed by a part of their day: 10 characters for days, 7 for months. The newest is first. */
export function amountsBy(files: readonly FileAnswer[], length: 10 | 7): Map<string, Amount> {
  const sums = new Map<string, Amount>();
  for (const file of files) {
    const key = file.day.slice(0, length);
    const sum = sums.get(key) ?? { files: 0, rows: 0, bytes: 0, rawBytes: 0, warm: 0, cold: 0 };
    sums.set(key, {
      files: sum.files + 1,
      rows: sum.rows + file.rows,
      bytes: sum.bytes + file.bytes,
      rawBytes: sum.rawBytes + file.raw_bytes,
      warm: sum.warm + (file.tier === 'warm' ? 1 : 0),
      cold: sum.cold + (file.tier === 'cold' ? 1 : 0),
    });
  }
  return new Map([...sums].sort(([one], [other]) => (one < other ? 1 : -1)));
}
