import type { Dialect } from '../../model/database/dialect.ts';
import { sameWord } from '../../model/names.ts';
import type { Column } from '../../model/shape.ts';

/** How a column of a segment and that of a table it is to go into differ. */
export interface ColumnDrift {
  readonly column: string;
  /** missing: only the segment has it. added: so it was, and the restore added it to the table. new: only the table has it. retyped: its declared type is another. key: its place in the key is. */
  readonly drift: 'missing' | 'added' | 'new' | 'retyped' | 'key';
  /** As declared; null where there is no such column. */
  readonly archived: string | null;
  readonly present: string | null;
}

/**
 * The differences, column by column: first those of the segment in its order, then those that only the table has.
 * @param dialect of the database that the table is in.
 */
export function columnDrift(
  archived: readonly Column[],
  present: readonly Column[],
  dialect: Dialect,
): ColumnDrift[] {
  const drifts: ColumnDrift[] = [];
  for (const { name, type, key } of archived) {
    const own = present.find((column) => dialect.sameName(column.name, name));
    if (own === undefined) drifts.push({ column: name, drift: 'missing', archived: type, present: null });
    else if (!sameWord(own.type, type))
      drifts.push({ column: name, drift: 'retyped', archived: type, present: own.type });
    else if (own.key !== key) drifts.push({ column: name, drift: 'key', archived: type, present: own.type });
  }
  for (const { name, type } of present) {
    if (!archived.some((column) => dialect.sameName(column.name, name)))
      drifts.push({ column: name, drift: 'new', archived: null, present: type });
  }
  return drifts;
}
