import * as v from 'valibot';
import type { Hook } from '../model/policy/config.ts';
import { parseListenAddress } from '../operate/service/listen.ts';
import { bytes, cron, duration, path, shortDuration, text, timeZone } from './value-schemas.ts';

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

/** See `WebSettings`. */
export interface WebFileSettings {
  readonly listen?: string | undefined;
  readonly allow_changes?: boolean | undefined;
  readonly password_file?: string | undefined;
  readonly user_header?: string | undefined;
  readonly proxies?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
}

export const web: v.GenericSchema<unknown, WebFileSettings> = v.pipe(
  v.strictObject({
    listen: v.optional(
      v.pipe(
        text,
        v.check(isListenAddress, 'must be an address such as 127.0.0.1:9300'),
        v.description('Address of the web page, such as 127.0.0.1:9300. firn run serves the page here.'),
      ),
    ),
    allow_changes: v.optional(
      v.pipe(v.boolean(), v.description('Whether the page may change anything (default: false).')),
    ),
    password_file: v.optional(
      v.pipe(
        path,
        v.description('File whose first line is the password of the page. Only its owner may read it.'),
      ),
    ),
    user_header: v.optional(
      v.pipe(
        text,
        v.regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header, such as X-Forwarded-User'),
        v.description('Request header in which a reverse proxy names the person who is logged in.'),
      ),
    ),
    proxies: v.optional(
      v.pipe(
        v.array(text),
        v.description('Addresses of the proxies whose user_header is believed (default: 127.0.0.1 and ::1).'),
      ),
    ),
    hosts: v.optional(
      v.pipe(
        v.array(text),
        v.description('Further host names of the page, as in its address: firn.example.org, or with a port.'),
      ),
    ),
  }),
  v.description('The web page of firn web and firn run.'),
);

/** See `S3Settings`. */
export interface S3FileSettings {
  readonly spool?: string | undefined;
  readonly storage_class?:
    | string
    | { readonly warm?: string | undefined; readonly cold?: string | undefined }
    | undefined;
  readonly allow_unconditional?: boolean | undefined;
}

const storageClass = v.pipe(
  text,
  v.regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a storage class, such as STANDARD_IA'),
);

export const s3: v.GenericSchema<unknown, S3FileSettings> = v.pipe(
  v.strictObject({
    spool: v.optional(
      v.pipe(
        path,
        v.description(
          'Folder for files until the bucket has them (default: <database>.firn-spool). It must be on a local disk.',
        ),
      ),
    ),
    storage_class: v.optional(
      v.pipe(
        v.union([
          storageClass,
          v.strictObject({
            warm: v.optional(v.pipe(storageClass, v.description('Storage class of segments.'))),
            cold: v.optional(v.pipe(storageClass, v.description('Storage class of bundles.'))),
          }),
        ]),
        v.description(
          'Storage class of new segments and bundles, such as STANDARD_IA, or one for each tier (default: that of the bucket).',
        ),
      ),
    ),
    allow_unconditional: v.optional(
      v.pipe(
        v.boolean(),
        v.description(
          'Use a server that ignores conditions of writes (default: false). Then only one machine may ever write to the archive.',
        ),
      ),
    ),
  }),
  v.description('Archives on S3: see docs/s3.md.'),
);

function isListenAddress(value: string): boolean {
  try {
    parseListenAddress(value);
    return true;
  } catch {
    return false;
  }
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
