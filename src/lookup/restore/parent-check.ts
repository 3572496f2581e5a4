import type { RestoreTarget } from '../../hot/restore-target.ts';
import type { Reference } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';

/** How many of these rows of a table belong to a row of another table that the hot database does not have. */
export type ParentCheck = (table: string, lines: readonly Uint8Array[]) => Promise<number>;

/** Only the hot database must be whole: of a file, nothing is asked. */
export function parentCheck(
  { hot, dialect }: Places,
  { isHot }: RestoreTarget,
  relations: readonly Reference[],
): ParentCheck {
  return async (table, lines) => {
    const relation = relations.find((tie) => dialect.sameName(tie.table, table));
    if (!isHot || hot === null || relation === undefined || lines.length === 0) return 0;
    return await hot.reader.parentless(relation, lines);
  };
}
