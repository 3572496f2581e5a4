import { FirnError } from './errors.ts';
import type { Milliseconds } from './instant.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Milliseconds of a day. Firn's days, months (30) and years (365 days) are spans, not calendar units. */
export const DAY_MS: Milliseconds = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = {
  d: DAY_MS,
  w: 7 * DAY_MS,
  m: 30 * DAY_MS,
  y: 365 * DAY_MS,
  h: HOUR,
  min: MINUTE,
};

/** 500 years: three of them (hot, warm, cold) still end after the year 1. */
export const LONGEST_DURATION_MS: Milliseconds = 500 * 365 * DAY_MS;

/** The form of a duration, for a JSON Schema too (so without flags). */
export const DURATION_PATTERN: RegExp = /^[0-9]+([dDwWmMyYhH]|[mM][iI][nN])$/;

/** The forms in words, for help and messages. */
export const DURATION_FORMS = '7d, 2w, 3m (of 30 days), 1y (365 days), 12h or 30min; 0d is everything';

/**
 * The same where a short time makes sense: a bare `m`, which people read as minutes, is not taken.
 */
export const SHORT_DURATION_PATTERN: RegExp = /^[0-9]+([dDwWyYhH]|[mM][iI][nN])$/;

/** Its forms in words. */
export const SHORT_DURATION_FORMS = '30min, 12h, 7d, 2w, 90d or 1y (365 days); not m, which is ambiguous';

export interface DurationUse {
  /** A time of minutes makes sense here, so that a bare `m` is refused as ambiguous. */
  readonly short?: boolean;
}

/** Why `text` is no duration, or null when it is one. */
export function durationProblem(text: string, { short = false }: DurationUse = {}): string | null {
  if (short && /^[0-9]+m$/i.test(text)) {
    const count = text.slice(0, -1);
    const months = `${BigInt(count) * 30n}d`;
    return `${JSON.stringify(text)} is ambiguous. Write ${count}min for minutes, or ${months} for months of 30 days.`;
  }
  if (!DURATION_PATTERN.test(text)) {
    const forms = short ? SHORT_DURATION_FORMS : DURATION_FORMS;
    return `${JSON.stringify(text)} is not a duration. Write a whole number and a unit: ${forms}.`;
  }
  if (milliseconds(text) > LONGEST_DURATION_MS) {
    return `${JSON.stringify(text)} is too long. The maximum is 500y. To keep a table forever, add it to exempt.`;
  }
  return null;
}

/**
 * Milliseconds of a duration such as `7d`, `12H` or `0d`.
 * @param what where the text came from, for the message: `--older-than`.
 * @throws FirnError `usage` naming the value and the forms.
 */
export function parseDuration(
  text: string,
  { what, ...use }: DurationUse & { readonly what: string },
): Milliseconds {
  const problem = durationProblem(text, use);
  if (problem !== null) {
    throw new FirnError('usage', problem, { operation: `read ${what}`, path: what });
  }
  return milliseconds(text);
}

function milliseconds(text: string): Milliseconds {
  const unit = text.replace(/^[0-9]+/, '').toLowerCase();
  return Number(text.slice(0, -unit.length)) * UNITS[unit]!;
}

/** The shortest exact form `parseDuration` reads back: `30d`, `36h`, `90min`. Rounds up to whole minutes. */
export function formatDuration(ms: Milliseconds): string {
  if (ms % DAY_MS === 0) return `${ms / DAY_MS}d`;
  if (ms % HOUR === 0) return `${ms / HOUR}h`;
  return `${Math.ceil(ms / MINUTE)}min`;
}
