import { setImmediate } from 'node:timers/promises';
import { FirnError } from '../../model/errors.ts';
import type { Condition } from '../../model/filter.ts';
import { conditionSql } from '../../model/filter-sql.ts';
import { foldName, sameName } from '../../model/names.ts';
import type { TableShape } from '../../model/shape.ts';
import type { Erasure } from '../hot-rows.ts';
import type { LedgerReader, Receipt } from '../ledger.ts';
import type { FoundLease, HotFinding, HotLookup, HotQuery } from '../lookup.ts';
import type { Connection } from './connection.ts';
import { selectErasures } from './erasures.ts';
import { FoundRows } from './found-rows.ts';
import { introspect } from './introspect.ts';
import { lastIdSql } from './last-id.ts';
import { leaseJudge } from './leased-row.ts';
import { hasLeases, leasedSegments, leaseFinder } from './leases.ts';
import { openWhileSql } from './open-while.ts';
import { guard } from './sqlite-error.ts';
import { tableOf } from './sqlite-reader.ts';
import type { Table } from './table.ts';

/** Tries without a transaction before one is held for as long as the search in hot takes. */
const SHORT_TRIES = 3;

/** Searches one database through a connection of its own, which it closes in the end. */
export class SqliteLookup implements HotLookup {
  readonly #connection: Connection;
  readonly #ledger: Pick<LedgerReader, 'receipts'>;
  #serial = 0;
  /** Searches of one connection take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, ledger: Pick<LedgerReader, 'receipts'>) {
    this.#connection = connection;
    this.#ledger = ledger;
  }

  find(table: string, shape: TableShape | null, query: HotQuery | null): Promise<HotFinding> {
    const finding = this.#turn.then(() => this.#find(table, shape, query));
    this.#turn = finding.catch(() => undefined);
    return finding;
  }

  async leaseOf(shape: TableShape, timeColumn: string, line: Uint8Array): Promise<FoundLease | null> {
    const connection = this.#connection;
    if (!hasLeases(connection)) return null;
    const leases = leaseFinder(connection, shape.table)(line);
    if (leases.length === 0) return null;
    const judge = leaseJudge(connection, tableOf(connection, shape), timeColumn);
    const judged = leases.map((lease) => ({ until: lease.until, found: judge(line, lease).found }));
    return judged.find(({ found }) => found === 'same' || found === 'edited') ?? judged[0]!;
  }

  async isOpen(shape: TableShape, openWhile: string, where: readonly Condition[]): Promise<boolean> {
    return this.#isSo(shape, where, () => openWhileSql(shape, openWhile));
  }

  async hasLastId(shape: TableShape, where: readonly Condition[]): Promise<boolean> {
    return this.#isSo(shape, where, lastIdSql);
  }

  #isSo(shape: TableShape, where: readonly Condition[], fact: (table: Table) => string): boolean {
    const table = tableOf(this.#connection, shape);
    const pieces = where.map((condition) => conditionSql(condition, table.column(condition.column)));
    const found = this.#connection.db
      .prepare(
        `SELECT 1 FROM ${table.from} WHERE ${pieces.map(({ sql }) => sql).join(' AND ')} AND (${fact(table)}) LIMIT 1`,
      )
      .get(...pieces.flatMap(({ params }) => params));
    return found !== undefined;
  }

  async erasures(): Promise<readonly Erasure[]> {
    return selectErasures(this.#connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    this.#connection.db.close();
  }

  async #find(name: string, shape: TableShape | null, query: HotQuery | null): Promise<HotFinding> {
    const { db, path } = this.#connection;
    for (let tries = 1; ; tries++) {
      const long = tries > SHORT_TRIES;
      if (long) guard('search the database', path, () => db.exec('BEGIN'));
      let rows: FoundRows | null = null;
      try {
        const receipts = await this.#receipts(name);
        if (shape !== null && query !== null) {
          const table = introspect(this.#connection, shape.table);
          if (table === null) throw gone(shape.table);
          rows = new FoundRows(this.#connection, table, query, this.#serial++);
          for (const step of rows.steps()) {
            guard('search the database', path, step);
            if (!long) await setImmediate();
          }
        }
        // What drained a row moved its receipt in the same transaction.
        if (long || sameState(receipts, await this.#receipts(name))) {
          const found = rows;
          return {
            receipts,
            leased: leasedSegments(this.#connection, name),
            count: found?.count ?? 0,
            rows: () => found?.read() ?? nothing(),
            [Symbol.asyncDispose]: async () => found?.[Symbol.dispose](),
          };
        }
      } catch (error) {
        rows?.[Symbol.dispose]();
        throw error;
      } finally {
        if (long) db.exec('COMMIT');
      }
      rows?.[Symbol.dispose]();
    }
  }

  async #receipts(table: string): Promise<readonly Receipt[]> {
    const receipts = await this.#ledger.receipts({ table });
    return receipts.filter((receipt) => sameName(receipt.table, table));
  }
}

function sameState(before: readonly Receipt[], after: readonly Receipt[]): boolean {
  const stamp = (receipts: readonly Receipt[]): string =>
    JSON.stringify(receipts.map(({ segment, state, position, tier }) => [segment, state, position, tier]));
  return stamp(before) === stamp(after);
}

function gone(table: string): FirnError {
  return new FirnError('not_found', 'the table is gone', {
    operation: 'search the database',
    path: foldName(table),
  });
}

async function* nothing(): AsyncGenerator<never> {}
