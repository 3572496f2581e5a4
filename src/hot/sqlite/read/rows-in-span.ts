import { sizes } from '../../../model/sizes.ts';
import type { TimeSpan } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { isTooBig } from '../connection/sqlite-error.ts';
import { rowInstantSql } from '../sql/row-time.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';

/** Lines (with an empty `_archived_at`) of the rows up to a rowid. */
interface LinesUpTo {
  readonly lines: Buffer;
  readonly upto: bigint;
}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/**
 * The rows of a table with rowids whose time lies within a span, in rowid order, in pieces of bounded size. All rows where the table has no column
 * of that name.
 * @param after the rowid behind which to begin; null for all.
 * @param condition of the rows, as SQL.
 */
export function* rowsInSpan(
  connection: Connection,
  table: Table,
  span: TimeSpan | null,
  after: bigint | null,
  condition = '1',
): Generator<LinesUpTo> {
  const { access, from } = table;
  if (access.kind !== 'rowid') return;
  const { db } = connection;
  const instant =
    span === null ? null : rowInstantSql(table, { timeColumn: span.column, timeFormat: span.format });
  const within =
    instant === null ? condition : `${condition} AND ${instant} BETWEEN ${span!.least} AND ${span!.greatest}`;
  const ahead = db.prepare(
    `SELECT ${access.rowid} AS id FROM ${from} NOT INDEXED WHERE ${access.rowid} >= ? ORDER BY ${access.rowid} LIMIT 1 OFFSET ?`,
  );
  ahead.setReadBigInts(true);
  const last = db.prepare(`SELECT max(${access.rowid}) AS id FROM ${from}`);
  last.setReadBigInts(true);
  const end = (last.get() as { id: bigint | null }).id;
  const reader = rowsAsLines(
    connection,
    table,
    '',
    `${from} NOT INDEXED WHERE ${access.rowid} BETWEEN ? AND ? AND ${within}`,
  );
  let first = after === null ? LEAST : after + 1n;
  for (let rows = sizes.countedRows; end !== null && first <= end && first <= GREATEST; ) {
    const next = ahead.get(first, rows) as { id: bigint } | undefined;
    const upto = next === undefined || next.id > end ? end : next.id - 1n;
    const lines = readAll(connection, reader, [first, upto], rows === 1);
    if (lines === null) {
      rows = Math.max(1, rows >> 3);
      continue;
    }
    yield { lines, upto };
    first = upto + 1n;
    rows = Math.min(rows * 2, sizes.countedRows);
  }
}

/** Null when the text of these rows is too large to be read at once. */
function readAll(
  { db }: Connection,
  reader: RowsAsLines,
  range: readonly bigint[],
  isOneRow: boolean,
): Buffer | null {
  db.limits.length = isOneRow ? Number.POSITIVE_INFINITY : sizes.readBytes;
  try {
    return reader.read(...range).lines;
  } catch (error) {
    if (isOneRow || !isTooBig(error)) throw error;
    return null;
  } finally {
    db.limits.length = Number.POSITIVE_INFINITY;
  }
}
