import type { SQLInputValue } from 'node:sqlite';
import { FirnError } from '../../../model/errors.ts';
import type { TableShape } from '../../../model/shape.ts';
import type { HotRows, InsertHow } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteText } from '../connection/quote.ts';
import { guard } from '../connection/sqlite-error.ts';
import { writeTransaction } from '../connection/write-transaction.ts';
import { selectErasures, upsertErasure } from '../ledger/erasure-records.ts';
import {
  deleteLease,
  ensureLeases,
  hasLeases,
  leaseFinder,
  leaseKeySql,
  selectLeases,
} from '../ledger/leases.ts';
import { leaseJudge } from '../read/leased-row.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { erasureSql, undatedSql } from '../sql/erasure-sql.ts';
import { lastRowCheck } from '../sql/last-id.ts';
import type { RowLocator } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { requireNoSideEffects } from '../sql/trigger-effects.ts';
import { keySql } from '../survey/due-keys.ts';
import { type Origins, RowInserter } from './insert-rows.ts';
import { type LeasePlaces, leasePlaces } from './lease-places.ts';
import { rowsToErase } from './rows-to-erase.ts';
import { unitLeases } from './unit-leases.ts';

/** @param durably runs a write transaction so that it survives a power cut once it returns. */
export function sqliteHotRows(connection: Connection, durably: <T>(action: () => T) => T): HotRows {
  const { db } = connection;
  const write = async <T>(operation: string, action: () => T): Promise<T> =>
    durably(() => writeTransaction(connection, operation, action));
  const places = leasePlaces(connection, write);
  const found = rowsToErase(db);
  const units = unitLeases(connection, places, write, refusedDelete);
  const within = <T>(shape: TableShape, operation: string, action: (table: Table) => T): Promise<T> =>
    places.within(operation, () => tableOf(connection, shape), action);
  return {
    insert: (shape, lines, how) =>
      within(shape, `insert rows into ${shape.table}`, (table) => {
        if (how.lease !== null) ensureLeases(connection);
        // The transaction may run again.
        const seen = new Map(how.seen);
        const origins = leaseOrigins(connection, table, how, places);
        const inserter = new RowInserter(connection, table, { ...how, seen }, origins);
        const outcomes = lines.map((line) => inserter.insert(line));
        for (const [line, times] of seen) how.seen.set(line, times);
        return { outcomes, converted: inserter.converted };
      }),

    beginUnits: units.beginUnits,
    noteUnits: units.noteUnits,
    endUnits: units.endUnits,

    leases: async () => selectLeases(connection),

    endLeases: (shape, timeColumn, now, lines) =>
      within(shape, `end leases of ${shape.table}`, (table) => {
        if (!hasLeases(connection)) return { deleted: 0, changed: [], other: 0 };
        requireNoSideEffects(connection, table);
        const leasesOf = leaseFinder(connection, shape.table);
        const judge = leaseJudge(connection, table, timeColumn);
        const isLast = lastRowCheck(connection, table);
        const changed: number[] = [];
        let [deleted, other] = [0, 0];
        for (const [at, line] of lines.entries()) {
          for (const lease of leasesOf(line)) {
            if (lease.until > now) continue;
            const { found, at: row } = judge(line, lease);
            if (found === 'other' || found === 'gone') places.requireLost(shape.table, lease);
            const stands = found === 'same' || found === 'edited';
            const verdict = stands ? units.verdictOf(shape.table, lease.key) : null;
            if (verdict === 'wait') continue;
            if (verdict === 'stay' || found === 'edited' || (found === 'same' && isLast(row!))) {
              changed.push(at);
              continue;
            }
            if (found === 'same') deleted += remove(connection, table, row!);
            if (found === 'other') other++;
            deleteLease(connection, shape.table, lease.key);
          }
        }
        return { deleted, changed, other };
      }),

    release: (table, lines) =>
      write('end leases', () => {
        if (!hasLeases(connection)) return;
        const leasesOf = leaseFinder(connection, table);
        for (const line of lines) for (const { key } of leasesOf(line)) deleteLease(connection, table, key);
      }),

    releaseSegment: (table, segment, now) =>
      write('end leases', () => {
        if (!hasLeases(connection)) return;
        db.prepare(
          `DELETE FROM main._firn_leases WHERE "table" = ? AND segment = ? AND until <= ? AND ${units.notWaiting()}`,
        ).run(...[table, segment, BigInt(now)]);
      }),

    erase: async (shape, order, time, limit) => {
      const operation = `erase rows of ${shape.table}`;
      for (;;) {
        const left = guard(operation, connection.path, () => {
          const table = tableOf(connection, shape);
          requireNoSideEffects(connection, table);
          return found.prepare(table, erasureSql(table, order, time));
        });
        if (left === 0) return 0;
        places.forget();
        const erased = await within(shape, operation, (table) => {
          requireNoSideEffects(connection, table);
          const { sql, params } = erasureSql(table, order, time);
          return found.take(table, limit, (some) =>
            eraseWhere(connection, table, `${some} AND (${sql})`, params),
          );
        });
        if (erased > 0) return erased;
      }
    },

    countMatching: async (shape, order, time, which) =>
      guard(`count rows of ${shape.table}`, connection.path, () => {
        const table = tableOf(connection, shape);
        const { sql, params } =
          which === 'dated' ? erasureSql(table, order, time) : undatedSql(table, order, time);
        const row = db.prepare(`SELECT count(*) AS n FROM ${table.from} WHERE ${sql}`).get(...params);
        return (row as { n: number }).n;
      }),

    erasures: async () => selectErasures(connection),

    recordErasure: (erasure) => write('record an erasure', () => upsertErasure(connection, erasure)),
  };
}

/**
 * Rows that no key tells are known by their leases, as long as they read as they were restored; without a lease nothing tells, and each is
 * inserted. A lease whose row is gone, or another one by now, is about no row.
 */
function leaseOrigins(
  connection: Connection,
  table: Table,
  { lease, timeColumn }: InsertHow,
  places: LeasePlaces,
): Origins {
  if (lease === null) return { count: () => 0, add: () => undefined, vacate: () => undefined };

  const leasesOf = leaseFinder(connection, table.shape.table);
  const judge = leaseJudge(connection, table, timeColumn);
  return {
    count: (line) => {
      const leases = leasesOf(line);
      const standing = leases.filter((own) => judge(line, own).found === 'same');
      for (const own of leases) {
        if (standing.includes(own)) continue;
        places.requireLost(table.shape.table, own);
        deleteLease(connection, table.shape.table, own.key);
      }
      return standing.length;
    },
    add: () => undefined,
    vacate: (rowid) => places.vacate(table.shape.table, rowid),
  };
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
): number {
  const { db } = connection;
  const { from, shape } = table;
  const own = keySql(table);
  db.exec(`DROP TABLE IF EXISTS temp._firn_erased`);
  db.prepare(
    `CREATE TABLE temp._firn_erased AS SELECT ${own.map((sql, at) => `${sql} AS key${at}`).join(', ')}, ${leaseKeySql(table)} AS lease
    FROM ${from} NOT INDEXED WHERE ${condition}`,
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
  return new FirnError('database', 'SQLite did not delete all rows; the transaction was rolled back', {
    operation: 'delete rows',
    path: table,
    hint: `A trigger on ${table} prevents the deletion of rows.`,
  });
}
