import type { Bound, CountName } from '../../../hot/hot-stats.ts';
import type { ReconcileStep } from '../../../lifecycle/reconcile/reconcile-plan.ts';
import { dueRows, type Overdue } from '../../../lifecycle/report/status-overdue.ts';
import type { TierStatus } from '../../../lifecycle/report/status-tiers.ts';
import type { RetentionStatus, TableStatus } from '../../../lifecycle/report/tier-report.ts';
import { formatInstant } from '../../../model/instant.ts';
import { type AcknowledgedAlarm, acknowledgedJson } from '../../../operate/status/status-json.ts';
import { type CountBound, type PolicyDays, policyDays } from '../moving/plan-answer.ts';
import { type TableWithoutPolicyAnswer, withoutPolicyJson } from './retention-stats-answer.ts';

/** Rows and files of each tier: the JSON of `firn retention status`. */
export interface RetentionStatusAnswer {
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** The managed tables that the database has. */
  readonly database: readonly HotTable[];
  /** Tables with a time column that no policy names. */
  readonly unmanaged: readonly string[];
  readonly without_policy: readonly TableWithoutPolicyAnswer[];
  readonly archives: {
    /** `eligible_for_cold`: files that the next cleanup moves into bundles. */
    readonly warm: TierFiles & { readonly eligible_for_cold: number };
    readonly cold: TierFiles;
  };
  /** Managed tables that the database lacks. */
  readonly missing: readonly string[];
  readonly unreadable: readonly { readonly table: string; readonly message: string }[];
  /** The database file. */
  readonly file: {
    readonly path: string;
    readonly bytes: number;
    readonly free_bytes: number;
    readonly wal_bytes: number;
    readonly journal_mode: string;
    readonly auto_vacuum: 'none' | 'full' | 'incremental';
  };
  /** What a scheduled job should have moved already. */
  readonly overdue: readonly Overdue[];
  readonly alarms: readonly { readonly path: string; readonly message: string }[];
  readonly acknowledged: readonly AcknowledgedAlarm[];
  /** Steps of an interrupted run that the next run completes. */
  readonly unfinished: readonly ReconcileStep[];
}

/** The rows of one managed table in the database. */
export interface HotTable {
  readonly table: string;
  readonly total: number;
  /** Rows within the hot time, and rows past it; of these, rows younger than hot and warm time together. */
  readonly hot: number;
  readonly warm: number;
  readonly stale: number;
  /** Rows past the hot time that stay: invalid timestamp, unfinished, held, leased, highest id. */
  readonly undated: number;
  readonly open: number;
  /** Times of the oldest and the newest row, UTC ISO 8601. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly policy: PolicyDays;
  readonly held: number;
  readonly leased: number;
  readonly last_id: number;
  /** Only of tables with relations: rows that a remaining row refers to, that stay with their unit, and that have no parent row. */
  readonly referenced?: number | undefined;
  readonly with_unit?: number | undefined;
  readonly orphans?: number | undefined;
  /** Rows with a placeholder timestamp, and with a timestamp after tomorrow. */
  readonly sentinel: number;
  readonly future: number;
  /** What the times that are not understood look like; null when nothing is known. */
  readonly time_hint: string | null;
  /** Rows that the next run archives, and since when the first of them is due. */
  readonly due: number;
  readonly due_since: string | null;
  /** Whether counts are estimates, and the bounds of the true numbers; null when they are exact. */
  readonly estimated: boolean;
  readonly bounds: Readonly<Record<CountName, CountBound>> | null;
}

/** The files of one archive tier. */
export interface TierFiles {
  readonly total_files: number;
  readonly total_size_bytes: number;
  readonly total_size_mb: number;
  /** Days of the oldest and the newest row. */
  readonly oldest: string | null;
  readonly newest: string | null;
  /** The folder or address. */
  readonly location: string;
  /** Why the location is away, so that the ledger tells the rest; null when it is there. */
  readonly away: string | null;
}

/** The status in the shape of Firn's JSON. @internal */
export function retentionStatusJson(status: RetentionStatus): RetentionStatusAnswer {
  const { asOf, file, database, warm, cold } = status;
  return {
    as_of: asOf,
    database: database.map(tableJson),
    unmanaged: status.unmanaged,
    without_policy: status.withoutPolicy.map(withoutPolicyJson),
    archives: {
      warm: { ...tierJson(warm), eligible_for_cold: warm.eligibleForCold, ...placeJson(warm) },
      cold: { ...tierJson(cold), ...placeJson(cold) },
    },
    missing: status.missing,
    unreadable: status.unreadable,
    file: {
      path: file.path,
      bytes: file.bytes,
      free_bytes: file.freePages * file.pageBytes,
      wal_bytes: file.walBytes,
      journal_mode: file.journalMode,
      auto_vacuum: file.autoVacuum,
    },
    overdue: status.overdue,
    alarms: status.alarms.map(({ subject, reason }) => ({ path: subject, message: reason })),
    acknowledged: status.acknowledged.map(acknowledgedJson),
    unfinished: status.unfinished,
  };
}

function tableJson({ table, policy, stats }: TableStatus): HotTable {
  const { total, hot, warm, stale, undated, open, held, leased, lastId } = stats;
  const { oldest, newest, estimated, bounds, sentinel, future, timeHint } = stats;
  const due = dueRows(policy, stats);
  return {
    ...{ table, total, hot, warm, stale, undated, open },
    oldest: oldest === null ? null : formatInstant(oldest),
    newest: newest === null ? null : formatInstant(newest),
    policy: policyDays(policy),
    held,
    leased,
    last_id: lastId,
    ...(stats.referenced === undefined
      ? {}
      : { referenced: stats.referenced, with_unit: stats.withUnit, orphans: stats.orphans }),
    ...{ sentinel, future, time_hint: timeHint },
    due: due === null ? 0 : due.rows,
    due_since: due === null ? null : formatInstant(due.since),
    estimated,
    bounds: bounds === null ? null : boundsJson(bounds),
  };
}

function boundsJson(bounds: Readonly<Record<CountName, Bound>>): Record<CountName, CountBound> {
  const all = Object.entries(bounds).map(([name, { atLeast, atMost }]) => [
    name,
    { at_least: atLeast, at_most: atMost },
  ]);
  return Object.fromEntries(all) as Record<CountName, CountBound>;
}

type Place = Pick<TierFiles, 'location' | 'away'>;

function placeJson({ location, away }: TierStatus): Place {
  return { location, away };
}

function tierJson({ files, bytes, oldest, newest }: TierStatus): Omit<TierFiles, keyof Place> {
  return {
    total_files: files,
    total_size_bytes: bytes,
    total_size_mb: Math.round(bytes / 10_000) / 100,
    oldest,
    newest,
  };
}
