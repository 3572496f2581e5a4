import { formatCondition, type Hold } from '../../../model/filter.ts';

/** A hold: the JSON of `firn hold add` and of each element of `firn hold list`. */
export interface HoldAnswer {
  readonly id: number;
  readonly table: string;
  /** Conditions, all of which a held row meets: `task_id=T-042`. */
  readonly where: readonly string[];
  readonly reason: string;
  /** UTC ISO 8601. */
  readonly created_at: string;
}

/** The hold in the shape of Firn's JSON. @internal */
export function holdJson({ id, table, conditions, reason, createdAt }: Hold): HoldAnswer {
  return { id, table, where: conditions.map(formatCondition), reason, created_at: createdAt };
}
