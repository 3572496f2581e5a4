import type { Forecast } from '../../../lifecycle/report/stats-forecast.ts';
import type { WhatIf } from '../../../lifecycle/report/what-if.ts';
import type { Effect, Move } from '../../../lifecycle/report/what-if-plan.ts';
import { DAY_MS } from '../../../model/duration.ts';
import type { Policy } from '../../../model/policy/policy.ts';

/** What changed policies would do, beside what the present ones do: the JSON of `firn plan`. */
export interface PlanAnswer {
  readonly command: 'plan';
  readonly dry_run: true;
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** The tables whose policy differs; all tables where nothing is changed. */
  readonly tables: readonly {
    readonly table: string;
    /** Null where the table has no policy. */
    readonly present: PlannedEffect | null;
    readonly changed: PlannedEffect | null;
  }[];
  /** Tables whose rows in the database cannot be counted, and why. */
  readonly unreadable: readonly { readonly table: string; readonly message: string }[];
  readonly warnings: readonly string[];
}

/** What one policy does with a table as it is now. */
export interface PlannedEffect {
  readonly policy: PolicyDays;
  /** From the database to warm, from warm to cold, and out of the archive. */
  readonly archive: PlannedMove;
  readonly consolidate: PlannedMove;
  readonly purge: PlannedMove;
  /** Whether the rows of the database are estimated, and the bounds of the true number; null when it is exact. */
  readonly estimated: boolean;
  readonly due_bound: CountBound | null;
  /** What the tiers hold now and will hold in 30 and 365 days. */
  readonly forecasts: readonly Forecast[];
}

/** What the next run moves. */
export interface PlannedMove {
  readonly records: number;
  /** Null while nothing tells the size of a row. */
  readonly bytes: number | null;
  /** When the first row may move, UTC ISO 8601; null when there is none. */
  readonly first: string | null;
}

/** The three retention times of a policy, in days. */
export interface PolicyDays {
  readonly hot_days: number;
  readonly warm_days: number;
  readonly cold_days: number;
}

/** Between what a true count is for certain. */
export interface CountBound {
  readonly at_least: number;
  readonly at_most: number;
}

/** The comparison in the shape of Firn's JSON. @internal */
export function whatIfJson({ asOf, tables, unreadable, warnings }: WhatIf): PlanAnswer {
  return {
    command: 'plan',
    dry_run: true,
    as_of: asOf,
    tables: tables.map(({ table, present, changed }) => ({
      table,
      present: effectJson(present),
      changed: effectJson(changed),
    })),
    unreadable,
    warnings,
  };
}

function effectJson(effect: Effect | null): PlannedEffect | null {
  if (effect === null) return null;
  const { policy, archive, consolidate, purge, estimated, dueBound, forecasts } = effect;
  const moveJson = ({ rows, bytes, first }: Move): PlannedMove => ({ records: rows, bytes, first });
  return {
    policy: policyDays(policy),
    archive: moveJson(archive),
    consolidate: moveJson(consolidate),
    purge: moveJson(purge),
    estimated,
    due_bound: dueBound === null ? null : { at_least: dueBound.atLeast, at_most: dueBound.atMost },
    forecasts,
  };
}

/** @internal */
export function policyDays({ hotMs, warmMs, coldMs }: Policy): PolicyDays {
  return { hot_days: hotMs / DAY_MS, warm_days: warmMs / DAY_MS, cold_days: coldMs / DAY_MS };
}
