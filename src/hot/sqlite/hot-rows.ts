import { hash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import { FirnError } from '../../model/errors.ts';
import { conditionSql } from '../../model/filter-sql.ts';
import { sameName } from '../../model/names.ts';
import type { HotRows, InsertHow } from '../hot-rows.ts';
import type { Connection } from './connection.ts';
import { upsertErasure } from './erasures.ts';
import { type Origins, RowInserter } from './insert-rows.ts';
import { instantSql } from './instant-sql.ts';
import {
  countLeases,
  deleteLease,
  ensureLeases,
  hasLeases,
  leasedRow,
  leaseFinder,
  leaseKeySql,
  selectLeases,
} from './leases.ts';
import type { RowLocator } from './line-rows.ts';
import { quoteText } from './quote.ts';
import { rowsAsLines } from './rows-as-lines.ts';
import { tableOf } from './sqlite-reader.ts';
import type { Table } from './table.ts';
import { writeTransaction } from './write-transaction.ts';

/** @param durably runs a write transaction so that it survives a power cut once it returns. */
export function sqliteHotRows(connection: Connection, durably: <T>(action: () => T) => T): HotRows {
  const { db } = connection;
  const write = async <T>(operation: string, action: () => T): Promise<T> =>
    durably(() => writeTransaction(connection, operation, action));
  return {
    insert: (shape, lines, how) =>
      write(`insert rows into ${shape.table}`, () => {
        if (how.lease !== null) ensureLeases(connection);
        const inserter = new RowInserter(
          connection,
          tableOf(connection, shape),
          how,
          leaseOrigins(connection, shape.table, how),
        );
        return { outcomes: lines.map((line) => inserter.insert(line)), converted: inserter.converted };
      }),

    leases: async () => selectLeases(connection),

    settle: (shape, archivedAt, now, lines) =>
      write(`end leases of ${shape.table}`, () => {
        if (!hasLeases(connection)) return { deleted: 0, changed: [] };
        const table = tableOf(connection, shape);
        const leaseOf = leaseFinder(connection, shape.table);
        let deleted = 0;
        const changed: number[] = [];
        for (const [at, line] of lines.entries()) {
          const lease = leaseOf(line);
          if (lease === null || lease.until > now) continue;
          const row = leasedRow(connection, table, line, lease);
          if (row !== null && !readsAs(connection, table, row, line, archivedAt, lease.print)) {
            changed.push(at);
            continue;
          }
          if (row !== null) deleted += remove(connection, table, row);
          deleteLease(connection, shape.table, lease.key);
        }
        return { deleted, changed };
      }),

    release: (table, lines) =>
      write('end leases', () => {
        if (!hasLeases(connection)) return;
        const leaseOf = leaseFinder(connection, table);
        for (const line of lines) {
          const lease = leaseOf(line);
          if (lease !== null) deleteLease(connection, table, lease.key);
        }
      }),

    releaseSegment: (table, segment, now) =>
      write('end leases', () => {
        if (!hasLeases(connection)) return;
        db.prepare('DELETE FROM main._firn_leases WHERE "table" = ? AND segment = ? AND until <= ?').run(
          ...[table, segment, BigInt(now)],
        );
      }),

    erase: (shape, { where, since, until }, timeColumn, limit) =>
      write(`erase rows of ${shape.table}`, () => {
        const table = tableOf(connection, shape);
        const pieces = where.map((condition) => {
          const column = shape.columns.find(({ name }) => sameName(name, condition.column));
          return column === undefined
            ? { sql: '0', params: [] }
            : conditionSql(condition, table.column(column.name));
        });
        const time = shape.columns.find(({ name }) => timeColumn !== null && sameName(name, timeColumn));
        const instant = time === undefined ? 'NULL' : instantSql(table.column(time.name));
        const bounds = [
          since === null ? [] : [`${instant} >= ${since}`],
          until === null ? [] : [`${instant} <= ${until}`],
        ];
        const condition = ['1', ...pieces.map(({ sql }) => sql), ...bounds.flat()].join(' AND ');
        return eraseWhere(
          connection,
          table,
          condition,
          pieces.flatMap(({ params }) => params),
          limit,
        );
      }),

    recordErasure: (erasure) => write('record an erasure', () => upsertErasure(connection, erasure)),
  };
}

/** Rows that no key tells are known by their leases; without a lease nothing tells, and each is inserted. */
function leaseOrigins(connection: Connection, table: string, { lease }: InsertHow): Origins {
  return {
    count: (line) => (lease === null ? 0 : countLeases(connection, table, line)),
    add: () => undefined,
  };
}

function readsAs(
  connection: Connection,
  table: Table,
  row: RowLocator,
  line: Uint8Array,
  archivedAt: string,
  print: Uint8Array,
): boolean {
  const from = `${table.from} WHERE ${row.condition}`;
  if (
    rowsAsLines(connection, table, archivedAt, from)
      .read(...row.params)
      .lines.equals(line)
  )
    return true;
  const restored = rowsAsLines(connection, table, '', from).read(...row.params).lines;
  return hash('sha256', restored, 'buffer').equals(print);
}

function remove(connection: Connection, table: Table, row: RowLocator): number {
  const { changes } = connection.db
    .prepare(`DELETE FROM ${table.from} WHERE ${row.condition}`)
    .run(...row.params);
  if (Number(changes) === 1) return 1;
  throw refusedDelete(table.shape.table);
}

function eraseWhere(
  connection: Connection,
  table: Table,
  condition: string,
  params: readonly SQLInputValue[],
  limit: number,
): number {
  const { db } = connection;
  const { access, from, shape } = table;
  const own = access.kind === 'rowid' ? [access.rowid] : shape.primaryKey.map(table.column);
  db.exec(`DROP TABLE IF EXISTS temp._firn_erased`);
  db.prepare(
    `CREATE TABLE temp._firn_erased AS SELECT ${own.map((sql, at) => `${sql} AS key${at}`).join(', ')}, ${leaseKeySql(table)} AS lease
    FROM ${from} WHERE ${condition} LIMIT ${limit}`,
  ).run(...params);
  const { n } = db.prepare('SELECT count(*) AS n FROM temp._firn_erased').get() as { n: number };
  // Overwrites what was there with zeros.
  db.exec('PRAGMA secure_delete = ON');
  const keys = own.map((_, at) => `key${at}`).join(', ');
  const { changes } = db
    .prepare(`DELETE FROM ${from} WHERE (${own.join(', ')}) IN (SELECT ${keys} FROM temp._firn_erased)`)
    .run();
  if (Number(changes) !== n) throw refusedDelete(shape.table);
  if (hasLeases(connection)) {
    db.exec(
      `DELETE FROM main._firn_leases WHERE "table" = ${quoteText(shape.table)} AND key IN (SELECT lease FROM temp._firn_erased)`,
    );
  }
  db.exec('DROP TABLE temp._firn_erased');
  return n;
}

function refusedDelete(table: string): FirnError {
  return new FirnError('database', 'SQLite did not delete what it was told to; nothing was changed', {
    operation: 'delete rows',
    path: table,
    hint: `A trigger on ${table} keeps rows from being deleted.`,
  });
}
