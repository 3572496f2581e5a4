import type { Day, Instant, Milliseconds } from '../instant.ts';
import type { OddTimes } from '../time/odd-times.ts';

/** What a look at one table found; a hot store's `Survey` is one. */
export interface TableSurvey {
  /** Due rows by the first day of the span that holds their time, oldest first. */
  readonly days: readonly { readonly day: Day; readonly rows: number }[];
  readonly open: number;
  readonly held: number;
  /** Rows that were restored and whose lease keeps them. */
  readonly leased: number;
  /** 1 when the row with the greatest id stays, so that its id is not used again. */
  readonly lastId: number;
  /** Rows that a hot rule keeps beyond the table's hot time, and due rows among the newest that always stay. Missing: none. */
  readonly ruled?: number;
  readonly newest?: number;
  readonly undated: number;
  readonly oddTimes?: OddTimes;
  /** Triggers that may refuse the deletion of a row. */
  readonly refusals?: readonly string[];
  /** Of a table whose rows leave with those of others, or stay for them. */
  readonly bound?: BoundFindings;
  /** Of foreign keys that keep no row. Missing: there is no such key. */
  readonly dangling?: Dangling;
}

/** What binds rows of one table to others; `BoundFindings` of a hot store is one. */
export interface BoundFindings {
  /** Due rows that stay because a remaining row refers to them, and one of them. */
  readonly referenced: number;
  readonly example: {
    readonly row: string;
    readonly table: string;
    readonly columns: readonly string[];
  } | null;
  /** Due rows that stay because another row of their unit does. */
  readonly withUnit: number;
  /** Rows whose parent does not exist. */
  readonly orphans: number;
  readonly order: 'oldest' | 'newest';
}

/** References of remaining rows to rows that leave. */
export interface Dangling {
  readonly rows: number;
  /** Else at least so many: not all rows were looked at. */
  readonly isExact: boolean;
}

/** What was found of each target table: a survey, no such table, or why it could not be looked at. */
export type Inventory = ReadonlyMap<string, TableSurvey | 'missing' | { readonly error: string }>;

/** One segment to be written (or several parts of it): the due rows of one table and span. */
export interface ArchiveStep {
  readonly table: string;
  /** The first day of the span. */
  readonly day: Day;
  readonly rows: number;
  readonly reason: string;
}

export interface TablePlan {
  readonly table: string;
  readonly status: 'due' | 'no_records' | 'exempt' | 'no_policy' | 'missing_table' | 'error';
  /** Due rows: the sum of the steps. */
  readonly records: number;
  /** Rows past the cutoff that stay. */
  readonly kept: {
    readonly open: number;
    readonly held: number;
    readonly leased: number;
    readonly lastId: number;
    readonly rule: number;
    readonly keepLast: number;
    /** Of bound tables: a remaining row refers to them; another row of their unit stays. */
    readonly referenced?: number;
    readonly withUnit?: number;
  };
  readonly undated: number;
  /** Rows of a child table whose parent does not exist. They never move. */
  readonly orphans?: number;
  /** Of foreign keys that keep no row. Missing: there is no such key. */
  readonly dangling?: Dangling;
  /** One of the referenced rows, and what refers to it. */
  readonly example?: BoundFindings['example'];
  /** Missing when there are none. */
  readonly oddTimes?: OddTimes;
  /** Rows at or before the cutoff are due; open ones at or before `openCutoff`. Null for tables that do not age. */
  readonly cutoff: Instant | null;
  readonly openCutoff: Instant | null;
  /** The UTC day of the cutoff. */
  readonly cutoffDate: Day | null;
  /** Oldest day first. */
  readonly steps: readonly ArchiveStep[];
  /** Why there is nothing to do, or what is wrong. */
  readonly message: string | null;
}

/** What an archive run will do, as plain JSON. */
export interface ArchivePlan {
  readonly now: Instant;
  /** The same as UTC ISO 8601. */
  readonly asOf: string;
  readonly olderThanMs: Milliseconds | null;
  /** Due rows of all tables. */
  readonly total: number;
  /** In the order of the targets. */
  readonly tables: readonly TablePlan[];
  /** Tables whose units are drained together, parents before their children, in the order in which this is done: before all other tables. */
  readonly groups?: readonly (readonly string[])[];
  readonly warnings: readonly string[];
}

export interface PlanOptions {
  /** Stands in for the hot time of every policy (`--older-than`), in milliseconds. */
  readonly olderThanMs?: Milliseconds | null;
  readonly groups?: readonly (readonly string[])[];
}

/** Rows past the cutoff that stay, whatever the reason. */
export function sumOfKept({
  open,
  held,
  leased,
  lastId,
  rule,
  keepLast,
  referenced = 0,
  withUnit = 0,
}: TablePlan['kept']): number {
  return open + held + leased + lastId + rule + keepLast + referenced + withUnit;
}
