import type { TableShape } from '../../../model/shape.ts';

/** How the rows of a table are addressed: by rowid, or by primary key where there is none. */
export type RowAccess =
  | { readonly kind: 'rowid' /** As SQL, qualified. */; readonly rowid: string }
  | { readonly kind: 'key' };

/** A table as the statements of this folder need it. */
export interface Table {
  readonly shape: TableShape;
  /** The table with its schema, as SQL. */
  readonly from: string;
  /** A column of it as SQL, qualified. */
  readonly column: (name: string) => string;
  readonly access: RowAccess;
  /** The rowid as SQL, qualified, where it is the primary key and SQLite may give it out again; else null. See `last-id.ts`. */
  readonly reusedId: string | null;
  /** Columns that can hold nothing but TEXT, BLOB and NULL, because SQLite turns numbers into text there. */
  readonly textual: ReadonlySet<string>;
}

/** Whether a trigger may do something of its own when rows are deleted. */
export function hasTrigger({ shape }: Table): boolean {
  return shape.ddl.some((sql) => /^\s*CREATE\s+TRIGGER\b/i.test(sql));
}
