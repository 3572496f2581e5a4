/** Rows whose time is understood and that do not move because of it, and what the times that are not understood look like. */
export interface OddTimes {
  /** Rows whose time stands for none: 0001-01-01, 1970-01-01, 9999-12-31. */
  readonly sentinel: number;
  /** Rows whose time is after tomorrow. */
  readonly future: number;
  /** For people; null when nothing is known. */
  readonly hint: string | null;
}

/** A part of an object, empty when there is nothing to say. */
export function oddTimes(found: OddTimes): { readonly oddTimes?: OddTimes } {
  return found.sentinel + found.future === 0 && found.hint === null ? {} : { oddTimes: found };
}

/** `1 row has …`, `2 rows have …`: nothing when there are none. */
export function oddTimesInWords(found: Pick<OddTimes, 'sentinel' | 'future'> | undefined): string[] {
  const { sentinel = 0, future = 0 } = found ?? {};
  const rows = (count: number): string => (count === 1 ? '1 row has' : `${count} rows have`);
  return [
    ...(sentinel === 0
      ? []
      : [`${rows(sentinel)} a placeholder timestamp (such as 1970-01-01, 0001-01-01 or 9999-12-31)`]),
    ...(future === 0 ? [] : [`${rows(future)} a timestamp after tomorrow`]),
  ];
}
