import * as v from 'valibot';
import type { Hook } from '../model/policy/config.ts';
import { bytes, cron, duration, shortDuration, text, timeZone } from './value-schemas.ts';

/** Cron expressions; `never` is null. */
export interface ScheduleSettings {
  readonly daily?: string | null | undefined;
  readonly weekly?: string | null | undefined;
  readonly monthly?: string | null | undefined;
  readonly jitter?: number | undefined;
  readonly time_zone?: string | undefined;
}

/** Bytes and milliseconds. */
export interface LimitSettings {
  readonly database?: number | undefined;
  readonly min_hot?: number | undefined;
}

/** Whom to tell of a problem. */
export const hook: v.GenericSchema<unknown, Hook> = v.pipe(
  v.strictObject({
    command: v.optional(
      v.pipe(text, v.description('Shell command. It gets the JSON of the run on its standard input.')),
    ),
    url: v.optional(
      v.pipe(
        text,
        v.check(
          (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
          'must be an http or https URL',
        ),
        v.description('http or https URL. It gets the JSON of the run as a POST request.'),
      ),
    ),
  }),
  v.check(
    ({ command, url }) => (command === undefined) !== (url === undefined),
    'set either `command` or `url`',
  ),
);

export const schedule: v.GenericSchema<unknown, ScheduleSettings> = v.strictObject({
  daily: v.optional(cron('When to archive every table except weekly_tables.')),
  weekly: v.optional(cron('When to archive weekly_tables.')),
  monthly: v.optional(cron('When to bundle warm files and delete expired rows.')),
  jitter: v.optional(shortDuration('Maximum random delay of each start.')),
  time_zone: v.optional(
    v.pipe(
      timeZone,
      v.description('IANA time zone of schedule and quiet_hours (default: the time zone of the machine).'),
    ),
  ),
});

export const limits: v.GenericSchema<unknown, LimitSettings> = v.pipe(
  v.strictObject({
    database: v.optional(
      bytes(
        'While the used pages of the database file are larger, archive runs let the oldest rows leave early.',
      ),
    ),
    min_hot: v.optional(duration('Rows younger than this do not leave early (default: 0d).')),
  }),
  v.description('Limits of the database.'),
);
