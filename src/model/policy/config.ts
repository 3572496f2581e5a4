import type { Milliseconds } from '../instant.ts';
import type { Location } from '../location.ts';
import type { ArchivePlaces } from './archive-places.ts';
import type { PolicySet } from './policy.ts';
import type { S3Settings } from './s3-settings.ts';

/** Everything that is set, checked and complete. Spans are milliseconds. */
export interface Config {
  /** The hot store. */
  readonly database: Location;
  /** The archive store: one location, or one for each tier. */
  readonly archives: ArchivePlaces;
  /** Of one of several databases: the identity that the database has, or gets at its first run. Its archives are named by it. */
  readonly identity?: string;
  readonly policies: PolicySet;
  /** Tables that the weekly job archives; the daily job archives every other managed table. */
  readonly weeklyTables: readonly string[];
  readonly schedule: Schedule;
  /** Spans of the day in which no scheduled work starts or goes on. */
  readonly quietHours: readonly ClockSpan[];
  /** The share of the time that Firn may work, above 0 and at most 1. */
  readonly pace: number;
  readonly maxRuntimeMs: Milliseconds | null;
  readonly hooks: { readonly onFailure: Hook | null; readonly onOverdue: Hook | null };
  readonly reclaim: 'never' | 'incremental';
  /** Keep a Parquet copy of the archives beside them. */
  readonly lake: boolean;
  /** Null: the database may be of any size. */
  readonly databaseLimit: DatabaseLimit | null;
  /** Who may open the web page; null where the file says nothing. */
  readonly web: WebSettings | null;
  /** For archives on S3. */
  readonly s3: S3Settings;
  readonly origins: Origins;
}

/** The folder of files that are not in the bucket yet. */
export function spoolOf({ database, s3 }: Pick<Config, 'database' | 's3'>): string {
  return s3.spool ?? `${database.text}.firn-spool`;
}

/** The `web` block of the configuration. */
export interface WebSettings {
  /** `127.0.0.1:9300`; null takes a free port of 127.0.0.1. */
  readonly listen: string | null;
  readonly allowChanges: boolean;
  /** An absolute path. */
  readonly passwordFile: string | null;
  /** A request header in which a reverse proxy names the person. */
  readonly userHeader: string | null;
  /** The addresses of the proxies that are believed. */
  readonly proxies: readonly string[];
  /** Further host names under which browsers reach the server. */
  readonly hosts: readonly string[];
}

/** Above how many bytes of used pages the oldest rows leave early, and how young no row leaves early, in milliseconds. */
export interface DatabaseLimit {
  readonly bytes: number;
  readonly minHotMs: Milliseconds;
}

/** Cron expressions of five fields; null is never, and of a job without tables. */
export interface Schedule {
  readonly daily: string | null;
  readonly weekly: string | null;
  readonly monthly: string | null;
  /** Each start is put off by a random time up to this; null where nothing is set. */
  readonly jitterMs: Milliseconds | null;
  /** IANA zone of the schedule and the quiet hours; null is the machine's own. */
  readonly timeZone: string | null;
}

/** Where a value came from: the flag, the variable, `firn.config.yaml:3:1`, or `default`. */
export interface Origin {
  readonly from: 'flag' | 'environment' | 'file' | 'default';
  readonly detail: string;
  /** Values from weaker sources, which are not used, strongest first. */
  readonly overrides: readonly { readonly detail: string; readonly value: string }[];
}

/** Where the values of a configuration came from. */
export interface Origins {
  /** Absolute path of the configuration file; null when there is none. */
  readonly file: string | null;
  readonly database: Origin;
  readonly archives: Origin;
  /** Tables whose policy the file gives or changes, and where (`firn.config.yaml:12:3`); the others' is the preset's. */
  readonly tables: ReadonlyMap<string, string>;
}

/** Minutes after midnight; a span that ends before it begins goes past midnight. */
export interface ClockSpan {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Whom to tell of a failed or overdue job: a shell command, or an address. One of them is set. */
export interface Hook {
  readonly command?: string | undefined;
  readonly url?: string | undefined;
}
