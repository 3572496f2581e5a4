import { Cron } from 'croner';
import * as v from 'valibot';
import {
  DURATION_FORMS,
  DURATION_PATTERN,
  durationProblem,
  parseDuration,
  SHORT_DURATION_FORMS,
  SHORT_DURATION_PATTERN,
} from '../model/duration.ts';
import type { ClockSpan } from '../model/policy/config.ts';
import { timeFormatProblem } from '../model/time/time-format.ts';
import { UNIT_NAMES } from '../model/time/time-units.ts';

/** A text in the file that stands for a value of type T. */
type Text<T> = v.GenericSchema<string, T>;

export const text: Text<string> = v.pipe(v.string(), v.nonEmpty('must not be empty'));

export const path: Text<string> = v.pipe(
  text,
  v.check((value) => !value.startsWith('~'), '`~` is not supported here. Write the full path.'),
);

/** Milliseconds of a retention time. */
export function duration(description: string): Text<number> {
  return durationText(description, DURATION_PATTERN, DURATION_FORMS, false);
}

/** Milliseconds of a retention time; null for `forever`. */
export function durationOrForever(description: string): Text<number | null> {
  const forms = `${DURATION_FORMS}; or forever`;
  const wrong = ({ input, received }: v.BaseIssue<unknown>): string =>
    typeof input === 'string'
      ? durationProblem(input, { short: false })!
      : `${received} is not a duration. Write a whole number and a unit: ${forms}.`;
  return v.pipe(
    v.string(wrong),
    v.regex(new RegExp(`${DURATION_PATTERN.source}|^forever$`, DURATION_PATTERN.flags), wrong),
    v.check((value) => value === 'forever' || durationProblem(value, { short: false }) === null, wrong),
    v.transform((value) =>
      value === 'forever' ? null : parseDuration(value, { what: 'the configuration' }),
    ),
    v.description(`${description} A duration: ${forms}.`),
  );
}

/** Milliseconds of a time of minutes, hours or days: a bare `m` is refused as ambiguous. */
export function shortDuration(description: string): Text<number> {
  return durationText(description, SHORT_DURATION_PATTERN, SHORT_DURATION_FORMS, true);
}

function durationText(description: string, pattern: RegExp, forms: string, short: boolean): Text<number> {
  const wrong = (issue: v.BaseIssue<unknown>): string =>
    typeof issue.input === 'string'
      ? durationProblem(issue.input, { short })!
      : `${issue.received} is not a duration. Write a whole number and a unit: ${forms}.`;
  return v.pipe(
    v.string(wrong),
    v.regex(pattern, wrong),
    v.check((value) => durationProblem(value, { short }) === null, wrong),
    v.transform((value) => parseDuration(value, { what: 'the configuration', short })),
    v.description(`${description} A duration: ${forms}.`),
  );
}

const SIZE = /^([0-9]+(?:\.[0-9]+)?) ?([kMGT]?B)$/;
const UNITS: readonly string[] = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A size in powers of 1000, as reports give it, in bytes. */
export function bytes(description: string): Text<number> {
  const forms = 'a number and B, kB, MB, GB or TB, such as 500MB or 2GB';
  const wrong = ({ received }: v.BaseIssue<unknown>): string => `${received} is not a size. Write ${forms}.`;
  return v.pipe(
    v.string(wrong),
    v.regex(SIZE, wrong),
    v.transform((value) => {
      const [, count, unit] = SIZE.exec(value)!;
      return Math.round(Number(count) * 1000 ** UNITS.indexOf(unit!));
    }),
    v.description(`${description} A size: ${forms}.`),
  );
}

/** Null for `never`. */
export function cron(description: string): Text<string | null> {
  return v.pipe(
    text,
    v.check(
      isCron,
      (issue) =>
        `${issue.received} is not a cron expression with five fields (minute hour day month weekday)`,
    ),
    v.transform((value) => (value === 'never' ? null : value)),
    v.description(`${description} Five cron fields, or never.`),
  );
}

function isCron(value: string): boolean {
  if (value === 'never') return true;
  // What any cron understands: the expression may be installed in a crontab.
  if (!/^[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4}$/.test(value)) return false;
  try {
    return new Cron(value, { mode: '5-part', paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}

export const timeFormat: Text<string> = v.pipe(
  text,
  v.check(
    (format) => timeFormatProblem(format) === null,
    ({ input }) => timeFormatProblem(String(input))!,
  ),
  v.description(
    `How the values of time_column are read: auto (default), ${UNIT_NAMES.join(', ')}, or a pattern such as DD.MM.YYYY HH:mm:ss.`,
  ),
);

export const timeZone: Text<string> = v.pipe(
  text,
  v.check(isTimeZone, (issue) => `${issue.received} is not an IANA time zone such as Europe/Berlin or UTC`),
);

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

const CLOCK_SPAN = /^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$/;

export const clockSpan: Text<ClockSpan> = v.pipe(
  v.string('write a time range such as 09:00-17:30'),
  v.regex(CLOCK_SPAN, (issue) => `${issue.received} is not a time range such as 09:00-17:30`),
  v.transform((span) => {
    const [fromHour, fromMinute, toHour, toMinute] = span.split(/[:-]/).map(Number) as [
      number,
      number,
      number,
      number,
    ];
    return { fromMinute: fromHour * 60 + fromMinute, toMinute: toHour * 60 + toMinute };
  }),
  v.check(({ fromMinute, toMinute }) => fromMinute !== toMinute, 'starts and ends at the same time'),
);
