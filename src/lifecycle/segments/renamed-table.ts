import type { Footer } from '../../format/segment/segment.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { FirnError } from '../../model/errors.ts';
import type { TableShape } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import type { LineCursor } from './line-cursor.ts';

/** Which of these lines stand in a table. */
type Standing = (shape: TableShape, lines: readonly Uint8Array[]) => Promise<readonly number[]>;

/**
 * Throws `refused` when a segment's table is not in the database, but its rows are, in a table with the same columns: somebody gave it
 * another name. Once it had its own again, rows that were taken to be gone would be archived a second time.
 * @param from the first line that counts.
 */
export async function refuseRenamed(
  reader: HotReader,
  { table, columns, primaryKey, rows }: Footer,
  lines: LineCursor,
  from: number,
  standing: Standing,
): Promise<void> {
  for (const name of await reader.tables()) {
    const shape = await shapeOf(reader, name);
    if (shape === null || !isLike(shape, { columns, primaryKey }, reader.dialect)) continue;
    const most = sizes.leaseEndRows;
    for (let first = from; first < rows; first += most) {
      const batch = await lines.at(first, Math.min(most, rows - first));
      if ((await standing(shape, batch)).length > 0) throw renamed(table, name);
    }
  }
}

/** Null for a table that cannot be read: it holds no row that could be deleted either. */
async function shapeOf(reader: HotReader, table: string): Promise<TableShape | null> {
  try {
    return await reader.shape(table);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'refused') return null;
    throw error;
  }
}

function isLike(shape: TableShape, like: Pick<Footer, 'columns' | 'primaryKey'>, dialect: Dialect): boolean {
  const same = (some: readonly string[], others: readonly string[]): boolean =>
    some.length === others.length && some.every((name, at) => dialect.sameName(name, others[at]!));
  const names = (columns: readonly { readonly name: string }[]): string[] => columns.map(({ name }) => name);
  return same(names(shape.columns), names(like.columns)) && same(shape.primaryKey, like.primaryKey);
}

function renamed(table: string, name: string): FirnError {
  return new FirnError('refused', `the database does not have this table, but ${name} has rows of it`, {
    operation: 'find archived rows in the database',
    path: table,
    hint: `Rename ${name} back to its former name, and run again.`,
  });
}
