import type { OddTimes } from '../../model/time/odd-times.ts';
import { plural } from '../terminal/quantity.ts';

/** Rows that stay because of their time, for people. */
export function withoutTime(undated: number, { sentinel, future, hint }: OddTimes = NONE): string[] {
  const words = hint === null ? '' : ` (${hint})`;
  return [
    ...(undated === 0 ? [] : [`${plural(undated, 'row')} with a missing or invalid timestamp${words}`]),
    ...(sentinel === 0 ? [] : [`${plural(sentinel, 'row')} with a placeholder timestamp`]),
    ...(future === 0 ? [] : [`${plural(future, 'row')} with a timestamp after tomorrow`]),
  ];
}

const NONE: OddTimes = { sentinel: 0, future: 0, hint: null };
