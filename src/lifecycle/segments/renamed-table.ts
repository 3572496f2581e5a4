import { splitLines } from '../../format/line/line.ts';
import { contentPrint } from '../../format/line/line-content.ts';
import type { Footer } from '../../format/segment/segment.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';
import type { TableShape } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { type Print, PrintSet, printOf } from '../archived/print-set.ts';
import { spanOf } from './drain-segment.ts';
import type { LineCursor } from './line-cursor.ts';
import { type Likeness, likenessOf } from './same-columns.ts';

/** Which of these lines stand in a table with the same columns. */
type Standing = (shape: TableShape, lines: readonly Uint8Array[]) => Promise<readonly number[]>;

/**
 * Throws `refused` when a segment's table is not in the database, but its rows are, in another table: somebody gave it another name, and
 * perhaps other columns. Once it had its own again, rows that were taken to be gone would be archived a second time.
 * @param from the first line that counts.
 */
export async function refuseRenamed(
  reader: HotReader,
  footer: Footer,
  lines: LineCursor,
  from: number,
  standing: Standing,
): Promise<void> {
  const { table, archivedAt, rows } = footer;
  for (const name of await reader.tables()) {
    const like = await likeness(reader, name, footer);
    if (like === null) continue;
    const { shape, names } = like;
    for await (const { lines: batch } of lines.batches(from, rows, sizes.leaseEndRows)) {
      const found = await (names === null
        ? standing(shape, batch)
        : reader.standingAs(shape, archivedAt, batch, names));
      if (found.length > 0) throw renamed(table, name);
    }
    if (names === null && (await holdsKeyless(reader, shape, footer, lines, from)))
      throw renamed(table, name);
  }
}

/** Whether a table without a key holds what one of the lines says at another rowid: VACUUM changes them. */
async function holdsKeyless(
  reader: HotReader,
  shape: TableShape,
  footer: Footer,
  lines: LineCursor,
  from: number,
): Promise<boolean> {
  if (shape.primaryKey.length > 0 || from === footer.rows) return false;
  const prints = new PrintSet(footer.rows - from);
  for await (const { lines: batch } of lines.batches(from, footer.rows, sizes.leaseEndRows)) {
    for (const line of batch) prints.take(...printOfLine(line));
  }
  prints.sort();
  for await (const block of reader.keyless(shape, spanOf(footer))) {
    if (splitLines(block).some((line) => prints.has(...printOfLine(line)))) return true;
  }
  return false;
}

function printOfLine(line: Uint8Array): Print {
  return printOf(contentPrint(Buffer.from(line.buffer, line.byteOffset, line.byteLength)));
}

/** Null for a table that cannot be read, too: it holds no row that could be deleted either. */
async function likeness(reader: HotReader, table: string, footer: Footer): Promise<Likeness | null> {
  try {
    const shape = await reader.shape(table);
    return shape === null ? null : likenessOf(shape, footer, reader.dialect);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'refused') return null;
    throw error;
  }
}

function renamed(table: string, name: string): FirnError {
  return new FirnError('refused', `the database does not have this table, but ${name} has rows of it`, {
    operation: 'find archived rows in the database',
    path: table,
    hint: `Rename ${name} back to its former name, and run again.`,
  });
}
