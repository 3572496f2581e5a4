import type { Dialect } from '../model/database/dialect.ts';
import type { TableShape } from '../model/shape.ts';
import type { Inserted, InsertHow } from './hot-rows.ts';

/** A database that archived rows are restored into. */
export interface RestoreTarget extends AsyncDisposable {
  /** For messages: `hot`, or the file. */
  readonly name: string;
  readonly dialect: Dialect;
  /** True of the hot database: rows of it that an archived line gives way to are there already. */
  readonly isHot: boolean;
  /** Rows of one transaction: few where others wait for the lock meanwhile. */
  readonly batchRows: number;
  /**
   * Makes the table ready for rows of this shape, creating and widening it where the target is one's own to change; returns
   * its shape then, and the columns that it added to a table that was there. Null when the target lacks the table.
   */
  prepare(
    shape: TableShape,
  ): Promise<{ readonly shape: TableShape; readonly added: readonly string[] } | null>;
  insert(shape: TableShape, lines: readonly Uint8Array[], how: InsertHow): Promise<Inserted>;
  /** After the last row: indexes. Returns what could not be made, in words. */
  finish(): Promise<readonly string[]>;
}
