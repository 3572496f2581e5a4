import { FirnError } from './errors.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Milliseconds of a day. Firn's days, months (30) and years (365 days) are spans, not calendar units. */
export const DAY_MS: number = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = {
  d: DAY_MS,
  w: 7 * DAY_MS,
  m: 30 * DAY_MS,
  y: 365 * DAY_MS,
  h: HOUR,
  min: MINUTE,
};

/** 500 years: three of them (hot, warm, cold) still end after the year 1. */
export const LONGEST_DURATION_MS: number = 500 * 365 * DAY_MS;

/** The form of a duration, for a JSON Schema too (so without flags). */
export const DURATION_PATTERN: RegExp = /^[0-9]+([dDwWmMyYhH]|[mM][iI][nN])$/;

/** The forms in words, for help and messages. */
export const DURATION_FORMS = '7d, 2w, 3m (of 30 days), 1y (365 days), 12h or 30min; 0d is everything';

/** Why `text` is no duration, or null when it is one. */
export function durationProblem(text: string): string | null {
  if (!DURATION_PATTERN.test(text)) {
    return `${JSON.stringify(text)} is not a duration. Write a whole number and a unit: ${DURATION_FORMS}.`;
  }
  if (milliseconds(text) > LONGEST_DURATION_MS) {
    return `${JSON.stringify(text)} is too long: a duration is at most 500y. A table to keep for ever is exempt.`;
  }
  return null;
}

/**
 * Milliseconds of a duration such as `7d`, `12H` or `0d`.
 * @param what where the text came from, for the message: `--older-than`.
 * @throws FirnError `usage` naming the value and the forms.
 */
export function parseDuration(text: string, { what }: { readonly what: string }): number {
  const problem = durationProblem(text);
  if (problem !== null) {
    throw new FirnError('usage', problem, { operation: `read ${what}`, path: what });
  }
  return milliseconds(text);
}

function milliseconds(text: string): number {
  const unit = text.replace(/^[0-9]+/, '').toLowerCase();
  return Number(text.slice(0, -unit.length)) * UNITS[unit]!;
}

/** The shortest exact form `parseDuration` reads back: `30d`, `36h`, `90min`. Rounds up to whole minutes. */
export function formatDuration(ms: number): string {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS}d`;
  if (ms % HOUR === 0) return `${ms / HOUR}h`;
  return `${Math.ceil(ms / MINUTE)}min`;
}
