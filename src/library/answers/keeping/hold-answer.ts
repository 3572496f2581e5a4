import type { Tier } from '../../../lookup/read/query.ts';
import { formatCondition, type Hold } from '../../../model/filter.ts';

import type { HeldRows } from '../../work/rows/held-rows.ts';

/** A hold: the JSON of `firn hold add` and of each element of `firn hold list`. */
export interface HoldAnswer {
  readonly id: number;
  readonly table: string;
  /** Conditions, all of which a held row meets: `task_id=T-042`. */
  readonly where: readonly string[];
  readonly reason: string;
  /** UTC ISO 8601. */
  readonly created_at: string;
  /** The rows that it keeps, of `firn hold list --count`; lower bounds when not `exact`. */
  readonly rows?: Readonly<Record<'total' | Tier, number>> & { readonly exact: boolean };
}

/** The hold in the shape of Firn's JSON. @internal */
export function holdJson(
  { id, table, conditions, reason, createdAt }: Hold,
  counted: HeldRows | null = null,
): HoldAnswer {
  const hold = { id, table, where: conditions.map(formatCondition), reason, created_at: createdAt };
  if (counted === null) return hold;
  const { hot, warm, cold, exact } = counted;
  return { ...hold, rows: { total: hot + warm + cold, hot, warm, cold, exact } };
}
