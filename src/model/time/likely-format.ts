import { asInstant, type Instant } from '../instant.ts';
import { parseInstant, type StoredValue } from './parse-instant.ts';
import { EARLIEST, endOfTomorrow } from './plausible.ts';
import { JULIAN, UNITS } from './time-units.ts';

/** A unit of numbers, for messages: the value of `time_format`, and what it means. */
export interface TimeForm {
  readonly name: string;
  readonly words: string;
}

/** Units that `auto` reads are named where their numbers are ambiguous, after the others. */
const FORMS: readonly TimeForm[] = [
  ...UNITS.filter(({ origin }) => origin !== 0n),
  JULIAN,
  ...UNITS.filter(({ origin }) => origin === 0n),
];

export function isPlausible(instant: Instant, now: Instant): boolean {
  return instant >= EARLIEST && instant <= endOfTomorrow(now);
}

/**
 * The unit in which all of these values are plausible times: of several, the one that makes the newest row youngest. Null when there is none. To be
 * asked of values that `auto` does not read, or only as implausible times.
 */
export function guessTimeForm(values: readonly StoredValue[], now: Instant): TimeForm | null {
  if (values.length === 0) return null;
  let best: { readonly form: TimeForm; readonly newest: Instant } | null = null;
  for (const form of FORMS) {
    const times = values.map((value) => parseInstant(value, form.name));
    if (!times.every((time) => time !== null && isPlausible(time, now))) continue;
    const newest = asInstant(Math.max(...(times as Instant[])));
    if (best === null || newest > best.newest) best = { form, newest };
  }
  return best?.form ?? null;
}

/** What to tell of values that `auto` refuses; null when nothing is known of them. */
export function timeHint(values: readonly StoredValue[], now: Instant): string | null {
  const form = guessTimeForm(values, now);
  return form === null ? null : `these look like ${form.words}: \`time_format: ${form.name}\``;
}
