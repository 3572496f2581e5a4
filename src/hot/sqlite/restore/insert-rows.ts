import { hash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import { decodeLine, type Row, type SqlValue } from '../../../format/line/line.ts';
import { contentPrint } from '../../../format/line/line-content.ts';
import { sameValue } from '../../../format/line/same-value.ts';
import { sqlite } from '../../../model/database/dialect.ts';
import { ARCHIVED_AT, generatedIn, ROWID, TIME } from '../../../model/shape.ts';
import type { InsertHow, InsertOutcome } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { parameterFor } from '../connection/invalid-text.ts';
import { quoteName } from '../connection/quote.ts';
import { asFirnError, isRefusedRow } from '../connection/sqlite-error.ts';
import { leaseKeySql, originOf } from '../ledger/leases.ts';
import { type RowsAsLines, rowsAsLines } from '../read/rows-as-lines.ts';
import { withoutDate } from '../sql/line-date.ts';
import { type RowLocator, rowFinder } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { requireNoSideEffects } from '../sql/trigger-effects.ts';
import { type Destination, DirectInsert } from './direct-insert.ts';

/** Remembers which lines were inserted where no key tells: no primary key, or a NULL in it. */
export interface Origins {
  /** How many rows that came from such a line stand in the table. */
  count(line: Uint8Array): number;
  add(line: Uint8Array): void;
  /** Called before a lease of the row at this rowid is written: another lease that names it is about no row. */
  vacate(rowid: bigint): void;
}

/** Inserts rows from lines into one table. Must be used inside write transactions. */
export class RowInserter {
  readonly converted: Map<string, number> = new Map();
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #how: InsertHow;
  readonly #origins: Origins;
  readonly #direct: DirectInsert | null;
  readonly #find: ((line: Uint8Array) => RowLocator[]) | null;
  /** Folded names of the columns that the database computes. */
  readonly #computed: ReadonlySet<string>;
  readonly #names = new Map<string, string>();
  readonly #columns = new Map<string, string | null>();
  readonly #lines = new Map<string, RowsAsLines>();
  readonly #statements = new Map<string, ReturnType<Connection['db']['prepare']>>();

  constructor(connection: Connection, table: Table, how: InsertHow, origins: Origins) {
    this.#connection = connection;
    this.#table = table;
    this.#how = how;
    this.#origins = origins;
    const { columns, generated = [] } = table.shape;
    this.#computed = new Set(
      [...generatedIn(columns), ...generated.map(({ name }) => name)].map(sqlite.foldName),
    );
    this.#direct =
      how.exactly === true ? null : DirectInsert.into(connection, table, (name) => this.#destination(name));
    this.#find = table.shape.primaryKey.length === 0 ? null : rowFinder(connection, table);
  }

  insert(line: Uint8Array): InsertOutcome {
    const at = this.#direct?.insert(line) ?? null;
    if (at === null) return this.#insertExactly(line);
    if (this.#how.lease !== null) this.#lease(line, this.#rowAt(at, line)!, true);
    return 'inserted';
  }

  #insertExactly(line: Uint8Array): InsertOutcome {
    const row = decodeLine(line, this.#table.shape.table);
    const cells = this.#cells(row);
    if ('refused' in cells) return cells;
    if (this.#find === null || !this.#isKeyed(cells.cells)) return this.#insertKeyless(line, cells.cells);
    const [present] = this.#find(line);
    if (present === undefined) return this.#insertNew(line, cells.cells, null);
    if (this.#differing(present, line, cells.cells).length === 0) return 'same';
    if (!this.#how.overwrite) return 'kept';
    return this.#overwrite(line, cells.cells, present);
  }

  /** A row that is refused leaves the present one in its place. */
  #overwrite(line: Uint8Array, cells: readonly Cell[], present: RowLocator): InsertOutcome {
    requireNoSideEffects(this.#connection, this.#table);
    this.#run('SAVEPOINT firn_overwrite', []);
    this.#run(`DELETE FROM ${this.#table.from} WHERE ${present.condition}`, present.params);
    const outcome = this.#insertNew(line, cells, null);
    if (outcome !== 'inserted') this.#run('ROLLBACK TO firn_overwrite', []);
    this.#run('RELEASE firn_overwrite', []);
    return outcome === 'inserted' ? 'overwritten' : outcome;
  }

  #insertKeyless(line: Uint8Array, cells: readonly Cell[]): InsertOutcome {
    if (this.#origins.count(line) > this.#timesSeen(line)) return 'same';
    const own = decodeLine(line)[ROWID];
    const { access, from } = this.#table;
    const rowid = access.kind === 'rowid' && typeof own === 'bigint' ? own : null;
    const taken =
      rowid !== null &&
      this.#statement(`SELECT 1 FROM ${from} WHERE ${(access as { rowid: string }).rowid} = ?`).get(rowid) !==
        undefined;
    const outcome = this.#insertNew(line, cells, taken ? null : rowid);
    if (outcome === 'inserted') this.#origins.add(line);
    return outcome;
  }

  /** How often the very same line came before in this restore. */
  #timesSeen(line: Uint8Array): number {
    // Lines with a rowid are never the same.
    if (this.#table.shape.primaryKey.length === 0) return 0;
    const { seen } = this.#how;
    const name = Buffer.from(originOf(line)).toString('latin1');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return times;
  }

  #insertNew(line: Uint8Array, cells: readonly Cell[], rowid: bigint | null): InsertOutcome {
    const { access, from } = this.#table;
    const names = cells.map(({ column }) => this.#quoted(column));
    const marks: string[] = [];
    const params: SQLInputValue[] = [];
    for (const { column, value } of cells) {
      const parameter = parameterFor(this.#connection, value);
      if (parameter === null)
        return { refused: `${column}: the text is not valid UTF-8, and a UTF-16 database cannot store it` };
      marks.push(parameter.mark);
      params.push(parameter.param);
    }
    if (rowid !== null && access.kind === 'rowid') {
      names.push(access.rowid.slice(access.rowid.lastIndexOf('.') + 1));
      marks.push('?');
      params.push(rowid);
    }
    const into = names.length === 0 ? 'DEFAULT VALUES' : `(${names.join(', ')}) VALUES (${marks.join(', ')})`;
    let at: bigint;
    try {
      const done = this.#run(`INSERT INTO ${from} ${into}`, params);
      if (Number(done.changes) < 1)
        return { refused: 'the database ignored the insert (possibly because of a trigger)' };
      at = BigInt(done.lastInsertRowid);
    } catch (error) {
      if (!isRefusedRow(error)) throw asFirnError(error, 'insert a row', this.#connection.path);
      return { refused: (error as Error).message };
    }
    const here = this.#rowAt(at, line);
    if (here === undefined)
      return {
        refused:
          'the inserted row is not found by its key (possibly because of a trigger, or because the key has another type)',
      };
    for (const column of this.#differing(here, line, cells))
      this.converted.set(column, (this.converted.get(column) ?? 0) + 1);
    this.#lease(line, here, this.#isKeyed(cells));
    return 'inserted';
  }

  /** The row that was just inserted at a rowid. */
  #rowAt(at: bigint, line: Uint8Array): RowLocator | undefined {
    const { access } = this.#table;
    if (access.kind === 'key') return this.#find!(line)[0];
    return { condition: `${access.rowid} = ?`, params: [at] };
  }

  /** The columns in which a row of the table differs from the line's cells. */
  #differing(here: RowLocator, line: Uint8Array, cells: readonly Cell[]): string[] {
    // As a rule it reads byte for byte as the line, and no value need be looked at.
    const now = this.#read(here);
    if (withoutDate(line).equals(withoutDate(now))) return [];
    const stored = decodeLine(now);
    return cells
      .filter(({ column, value }) => !sameValue(stored[column] ?? null, value))
      .map(({ column }) => column);
  }

  /** Whether a key tells the row from every other. */
  #isKeyed(cells: readonly Cell[]): boolean {
    const { primaryKey } = this.#table.shape;
    return (
      primaryKey.length > 0 &&
      cells.every(({ column, value }) => value !== null || !primaryKey.includes(column))
    );
  }

  /** The row as a line without a date. */
  #read({ condition, params }: RowLocator): Buffer {
    let lines = this.#lines.get(condition);
    if (lines === undefined) {
      lines = rowsAsLines(this.#connection, this.#table, '', `${this.#table.from} WHERE ${condition}`);
      this.#lines.set(condition, lines);
    }
    return lines.read(...params).lines;
  }

  #lease(line: Uint8Array, here: RowLocator, isKeyed: boolean): void {
    const { lease } = this.#how;
    if (lease === null) return;
    const { shape, from, access } = this.#table;
    const isByRowid = access.kind === 'rowid' && !isKeyed;
    const rowid = isByRowid ? access.rowid : 'NULL';
    if (isByRowid) this.#origins.vacate(here.params[0] as bigint);
    const now = this.#read(here);
    this.#run(
      `INSERT OR REPLACE INTO main._firn_leases SELECT ?, ${leaseKeySql(this.#table)}, ${rowid}, ?, ?, ?, ? FROM ${from} WHERE ${here.condition}`,
      [
        shape.table,
        BigInt(lease.until),
        lease.segment,
        originOf(line),
        isByRowid ? contentPrint(now) : hash('sha256', now, 'buffer'),
        ...here.params,
      ],
    );
  }

  /** The line's values under the table's own names of the columns. */
  #cells(row: Row): { readonly cells: readonly Cell[] } | { readonly refused: string } {
    const cells: Cell[] = [];
    const lost: string[] = [];
    for (const [name, value] of Object.entries(row)) {
      const to = this.#destination(name);
      if (typeof to !== 'string') cells.push({ column: to.column, value });
      else if (to === 'empty' && value !== null) lost.push(name);
    }
    if (lost.length === 0) return { cells };
    return { refused: `the row has a value for ${lost.join(', ')}, but the table does not have this column` };
  }

  #destination(name: string): Destination {
    if (name === ARCHIVED_AT || name === ROWID || this.#computed.has(sqlite.foldName(name))) return 'ignored';
    const column = this.#column(name);
    if (column !== null) return { column };
    return this.#isInherited(name) || this.#how.dropColumns ? 'ignored' : 'empty';
  }

  /** A time that the line has from another row is no value of this one. */
  #isInherited(column: string): boolean {
    return column === TIME && this.#how.timeColumn === TIME;
  }

  #quoted(column: string): string {
    let quoted = this.#names.get(column);
    if (quoted === undefined) {
      quoted = quoteName(column);
      this.#names.set(column, quoted);
    }
    return quoted;
  }

  /** The table's own spelling of a column; null when it has none. */
  #column(name: string): string | null {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = this.#table.shape.columns.find((own) => sqlite.sameName(own.name, name))?.name ?? null;
      this.#columns.set(name, column);
    }
    return column;
  }

  #run(
    sql: string,
    params: readonly SQLInputValue[],
  ): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint } {
    return this.#statement(sql).run(...params);
  }

  #statement(sql: string): ReturnType<Connection['db']['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.db.prepare(sql);
      statement.setReadBigInts(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

interface Cell {
  readonly column: string;
  readonly value: SqlValue;
}
