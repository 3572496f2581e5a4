import { hash } from 'node:crypto';
import { decodeLine, type Row, type SqlValue } from '../../../format/line/line.ts';
import { contentPrint } from '../../../format/line/line-content.ts';
import { sameValue } from '../../../format/line/same-value.ts';
import { sqlite } from '../../../model/database/dialect.ts';
import { ARCHIVED_AT, ROWID, TIME } from '../../../model/shape.ts';
import type { LeasedRow } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { ASIDE, type LeaseRow } from '../ledger/leases.ts';
import { type RowLocator, rowFinder } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';

/** What stands where the row of a lease was restored, and where that is. */
export interface JudgedRow {
  readonly found: LeasedRow;
  readonly at: RowLocator | null;
}

/** Judges the row of a lease against the line that it was restored from. */
export type LeaseJudge = (line: Uint8Array, lease: LeaseRow) => JudgedRow;

/** @param timeColumn of the line's segment. */
export function leaseJudge(connection: Connection, table: Table, timeColumn: string): LeaseJudge {
  const judge = rowJudge(table, timeColumn);
  const renders = new Map<string, RowsAsLines>();
  const find = rowFinder(connection, table);
  const read = ({ condition, params }: RowLocator): { readonly rows: number; readonly lines: Buffer } => {
    let render = renders.get(condition);
    if (render === undefined) {
      render = rowsAsLines(connection, table, '', `${table.from} WHERE ${condition}`);
      renders.set(condition, render);
    }
    return render.read(...params);
  };
  const locate = (line: Uint8Array, { rowid, key }: LeaseRow): RowLocator | null => {
    if (key.startsWith(ASIDE)) return null;
    if (rowid === null) return find(line)[0] ?? null;
    return table.access.kind === 'rowid' ? { condition: `${table.access.rowid} = ?`, params: [rowid] } : null;
  };
  return (line, lease) => {
    const at = locate(line, lease);
    const now = at === null ? null : read(at);
    if (at === null || now === null || now.rows === 0) return { found: 'gone', at: null };
    if (lease.rowid !== null && contentPrint(now.lines).equals(lease.print)) return { found: 'same', at };
    return { found: judge(line, lease.print, now.lines), at };
  };
}

/**
 * What a row of the table is to the line that it was restored from: the key or rowid by which it was found is a hint, what it holds decides.
 * `print` is of the row as it was restored, `now` the row as a line with an empty date.
 */
export type RowJudge = (line: Uint8Array, print: Uint8Array, now: Uint8Array) => Exclude<LeasedRow, 'gone'>;

export function rowJudge(table: Table, timeColumn: string): RowJudge {
  const { primaryKey, columns } = table.shape;
  // A row that has its time from another one does not hold it.
  const isInherited = timeColumn === TIME && columns.every(({ name }) => name !== TIME);
  const identifying = isInherited ? primaryKey : [...primaryKey, timeColumn];
  const own = (line: Uint8Array): Cells => cells(decodeLine(line), isInherited);
  const isDurable = primaryKey.length > 0 && table.reusedId === null;
  return (line, print, now) => {
    if (hash('sha256', now, 'buffer').equals(print)) return 'same';
    const [archived, present] = [own(line), own(now)];
    if (holdsAll(archived, present) && holdsAll(present, archived)) return 'same';
    return isDurable && isEdited(identifying, archived, present) ? 'edited' : 'other';
  };
}

/**
 * Whether a row that reads differently is certainly the same one, edited: it has the key and the time that the line has, and no value of the
 * line was lost with its column.
 */
function isEdited(identifying: readonly string[], archived: Cells, present: Cells): boolean {
  const isKept = (column: string): boolean => {
    const own = archived.get(sqlite.foldName(column))?.value ?? null;
    return own !== null && sameValue(own, present.get(sqlite.foldName(column))?.value ?? null);
  };
  if (!identifying.every(isKept)) return false;
  return [...archived].every(([column, { value }]) => value === null || present.has(column));
}

type Cells = ReadonlyMap<string, { readonly value: SqlValue }>;

function cells(row: Row, isInherited: boolean): Cells {
  const own = Object.entries(row).filter(
    ([name]) => name !== ARCHIVED_AT && name !== ROWID && !(isInherited && name === TIME),
  );
  return new Map(own.map(([name, value]) => [sqlite.foldName(name), { value }]));
}

/** A column that one of them lacks is NULL there. */
function holdsAll(some: Cells, of: Cells): boolean {
  return [...some].every(([column, { value }]) => sameValue(value, of.get(column)?.value ?? null));
}
