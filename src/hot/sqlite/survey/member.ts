import type { Reference } from '../../../model/shape.ts';
import type { Table } from '../sql/sqlite-table.ts';
import type { BoundKeys } from './bound-keys.ts';

/** A table that is looked at together with others. */
export interface Member {
  readonly table: Table;
  readonly keys: BoundKeys;
  /** Its family, as the place in the order in which families are drained. */
  readonly family: number;
  readonly newestFirst: boolean;
  /** What its undated values look like; null when nothing is known. */
  readonly hint: string | null;
}

/** A foreign key that is kept, between a table, whether it leaves rows or not, and a member. */
export interface Tie {
  readonly reference: Reference;
  readonly from: { readonly table: Table; readonly member: Member | null };
  readonly to: Member;
}
