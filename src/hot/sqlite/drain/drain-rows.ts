import { hash } from 'node:crypto';
import { release } from '../../../format/segment/release.ts';
import type { DrainUnit } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { isTooBig } from '../connection/sqlite-error.ts';
import { rowidsIn } from '../read/rowid-list.ts';
import { type RowsAsLines, rowsAsLines } from '../read/rows-as-lines.ts';
import { lastIdReader } from '../sql/last-id.ts';
import { hasTrigger, type Table } from '../sql/sqlite-table.ts';

/** Finds out whether units of a table's rows still read as they were sealed, and deletes them: in the same write transaction, or with no other's commit between the two. */
export interface UnitDrain {
  /** How many of the leading units still read exactly as their lines. */
  agreeing(units: readonly DrainUnit[]): number;
  /** Deletes the rows of these units; returns how many are gone. */
  delete(units: readonly DrainUnit[]): number;
}

/** For tables with rowids. */
export function unitDrain(
  connection: Connection,
  table: Table,
  archivedAt: string,
  rowid: string,
): UnitDrain {
  const range = rowsAsLines(
    connection,
    table,
    archivedAt,
    `${table.from} NOT INDEXED WHERE ${rowid} BETWEEN ? AND ? ORDER BY ${rowid}`,
  );
  const list = rowsAsLines(
    connection,
    table,
    archivedAt,
    `temp.json_each(?) AS _firn_ids CROSS JOIN ${table.from} ON ${rowid} = _firn_ids.value`,
  );
  const deleteRange = connection.db.prepare(`DELETE FROM ${table.from} WHERE ${rowid} BETWEEN ? AND ?`);
  const deleteList = connection.db.prepare(
    `DELETE FROM ${table.from} WHERE ${rowid} IN (SELECT value FROM temp.json_each(?))`,
  );
  const lastId = lastIdReader(connection, table);
  const remaining = hasTrigger(table)
    ? connection.db.prepare(
        `SELECT count(*) AS n FROM ${table.from} WHERE ${rowid} IN (SELECT value FROM temp.json_each(?))`,
      )
    : null;
  return {
    agreeing: (units) => {
      // The row with the greatest id stays, whichever row that is by now: its unit goes line by line.
      const last = lastId();
      const first = units.findIndex((unit) => {
        const rowids = rowidsIn(unit.locators);
        if (rowids === null || (last !== null && rowids.some((id) => id >= last))) return true;
        return !agrees(unit, rowids, range, list);
      });
      return first < 0 ? units.length : first;
    },
    delete: (units) => {
      let deleted = 0;
      for (const { least, greatest, scattered } of runs(units)) {
        const { changes } = scattered ? deleteList.run(jsonOf(scattered)) : deleteRange.run(least, greatest);
        deleted += Number(changes);
      }
      if (remaining === null) return deleted;
      // A trigger may have put rows back.
      const left = units.map(
        ({ locators }) => (remaining.get(jsonOf(rowidsIn(locators)!)) as { n: number }).n,
      );
      return Math.min(
        deleted,
        units.reduce((sum, { rows }, at) => sum + rows - left[at]!, 0),
      );
    },
  };
}

function agrees(unit: DrainUnit, ids: BigInt64Array, range: RowsAsLines, list: RowsAsLines): boolean {
  try {
    const { rows, lines } = isContiguous(ids) ? range.read(ids[0]!, ids.at(-1)!) : list.read(jsonOf(ids));
    const agreed = rows === unit.rows && hash('sha256', lines, 'buffer').equals(unit.digest);
    release(lines);
    return agreed;
  } catch (error) {
    // A row has grown so much since that its unit cannot be rendered as one.
    if (isTooBig(error)) return false;
    throw error;
  }
}

interface Run {
  readonly least: bigint;
  greatest: bigint;
  /** All rowids, when they are not every number between the two. */
  readonly scattered: BigInt64Array | null;
}

/** Units that follow each other without a gap become one range. */
function runs(units: readonly DrainUnit[]): Run[] {
  const found: Run[] = [];
  for (const { locators } of units) {
    const ids = rowidsIn(locators)!;
    const [least, greatest] = [ids[0]!, ids.at(-1)!];
    const last = found.at(-1);
    if (!isContiguous(ids)) found.push({ least, greatest, scattered: ids });
    else if (last?.scattered === null && last.greatest + 1n === least) last.greatest = greatest;
    else found.push({ least, greatest, scattered: null });
  }
  return found;
}

/** Every number from the first to the last. Units of several tables have their rows in another order. */
function isContiguous(ids: BigInt64Array): boolean {
  const last = ids.length - 1;
  if (ids[last]! - ids[0]! !== BigInt(last)) return false;
  return ids.every((id, at) => at === 0 || id > ids[at - 1]!);
}

function jsonOf(ids: BigInt64Array): string {
  return `[${ids.join(',')}]`;
}
