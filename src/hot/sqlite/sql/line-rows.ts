import type { SQLInputValue } from 'node:sqlite';
import { columnReader } from '../../../format/line/line-columns.ts';
import { FirnError } from '../../../model/errors.ts';
import { ROWID } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { parameterFor } from '../connection/invalid-text.ts';
import type { Table } from './sqlite-table.ts';

/** One row, as a condition over its table and the values for its `?`. */
export interface RowLocator {
  readonly condition: string;
  readonly params: readonly SQLInputValue[];
}

export interface KeyedRow extends RowLocator {
  /** False when a part of the key is NULL: SQLite lets any number of rows have that key, so it tells none from another. */
  readonly identified: boolean;
}

/** Gives the rows that have the key of a line: at most one as a rule, more where a part of the key is NULL. */
export type RowFinder = (line: Uint8Array) => KeyedRow[];

/** Finds rows by the primary key in their lines, or by `_rowid`, through the index that every key has. */
export function rowFinder(connection: Connection, table: Table): RowFinder {
  const { shape, access } = table;
  const columns = shape.primaryKey.length > 0 ? shape.primaryKey : [ROWID];
  const read = columnReader(columns, shape.table);
  const statements = new Map<string, ReturnType<Connection['db']['prepare']>>();
  const search = (condition: string, params: readonly SQLInputValue[]) => {
    let statement = statements.get(condition);
    if (statement === undefined) {
      const found = access.kind === 'rowid' ? access.rowid : '1';
      statement = connection.db.prepare(`SELECT ${found} AS at FROM ${table.from} WHERE ${condition}`);
      statement.setReadBigInts(true);
      statements.set(condition, statement);
    }
    return statement.all(...params) as { at: bigint }[];
  };
  return (line) => {
    const values = read(line);
    const lost = values.indexOf(undefined);
    if (lost >= 0) throw keyLost(shape.table, columns[lost]!);
    const parameters = values.map((value) => parameterFor(connection, value!));
    // No row of this database has such a key.
    if (parameters.includes(null)) return [];
    const params = parameters.map((parameter) => parameter!.param);
    if (shape.primaryKey.length === 0 && access.kind === 'rowid') {
      const condition = `${access.rowid} = ?`;
      return search(condition, params).map(({ at }) => ({ condition, params: [at], identified: true }));
    }
    const condition = columns
      .map((column, at) => `${table.column(column)} IS ${parameters[at]!.mark}`)
      .join(' AND ');
    const found = search(condition, params);
    const identified = !values.includes(null);
    return found.map(({ at }) =>
      access.kind === 'key'
        ? { condition, params, identified }
        : { condition: `${access.rowid} = ?`, params: [at], identified },
    );
  };
}

function keyLost(table: string, column: string): FirnError {
  return new FirnError(
    'refused',
    `an archived row has no ${column}, which is part of the primary key: the primary key has changed`,
    {
      operation: 'find the rows of a segment',
      path: table,
      hint: 'Restore the old primary key of the table until the archive run is complete, or restore the rows from the segment.',
    },
  );
}
