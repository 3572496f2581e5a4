import { setImmediate } from 'node:timers/promises';
import { sqlite } from '../../../model/database/dialect.ts';
import { FirnError } from '../../../model/errors.ts';
import type { Condition } from '../../../model/filter.ts';
import type { Instant } from '../../../model/instant.ts';
import type { HotRule, Policy } from '../../../model/policy/policy.ts';
import type { Reference, TableShape } from '../../../model/shape.ts';
import type {
  FindPurpose,
  FoundLease,
  HotFinding,
  HotLookup,
  HotQuery,
  ReferringRow,
} from '../../hot-lookup.ts';
import type { Erasure } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { selectErasures } from '../ledger/erasure-records.ts';
import { hasLeases, leaseFinder } from '../ledger/leases.ts';
import { isAdopting, isUnchanged, type TableState, tableState } from '../ledger/table-state.ts';
import { leaseJudge, rowJudge } from '../read/leased-row.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { conditionSql } from '../sql/filter-sql.ts';
import { introspect, shapedAs } from '../sql/introspect.ts';
import { lastIdSql } from '../sql/last-id.ts';
import { rowConditionSql } from '../sql/open-while.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { newestSql } from '../survey/newest.ts';
import { FoundRows } from './found-rows.ts';
import { referringRows } from './referring-rows.ts';

/** Tries without a transaction before one is held for as long as the search in hot takes. */
const SHORT_TRIES = 3;

/** Searches one database through a connection of its own, which it closes in the end. */
export class SqliteLookup implements HotLookup {
  readonly #connection: Connection;
  #serial = 0;
  /** Searches of one connection take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  find(
    table: string,
    shape: TableShape | null,
    query: HotQuery | null,
    purpose: FindPurpose = 'rows',
  ): Promise<HotFinding> {
    const finding = this.#turn.then(() => this.#find(table, shape, query, purpose));
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
    return this.#isSo(shape, where, () => rowConditionSql(shape, openWhile, 'open_while'));
  }

  async hotRuleOf(
    shape: TableShape,
    rules: readonly HotRule[],
    where: readonly Condition[],
  ): Promise<number | null> {
    const found = rules.findIndex((rule) =>
      this.#isSo(shape, where, () => rowConditionSql(shape, rule.where, 'hot_rules')),
    );
    return found < 0 ? null : found;
  }

  async isKeptAsNewest(
    shape: TableShape,
    policy: Policy,
    where: readonly Condition[],
    now: Instant,
  ): Promise<boolean> {
    // No cutoff: it may be asked of a row that is not due.
    const rule = { policy, now, cutoff: now };
    const newest = await newestSql(this.#connection, tableOf(this.#connection, shape), rule);
    return this.#isSo(shape, where, () => newest);
  }

  async hasLastId(shape: TableShape, where: readonly Condition[]): Promise<boolean> {
    return this.#isSo(shape, where, lastIdSql);
  }

  async referring(
    tie: Reference,
    where: readonly Condition[],
    most: number,
  ): Promise<readonly ReferringRow[]> {
    return guard(`find rows of ${tie.table}`, this.#connection.path, () =>
      referringRows(this.#connection, tie, where, most),
    );
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

  async #find(
    name: string,
    shape: TableShape | null,
    query: HotQuery | null,
    purpose: FindPurpose,
  ): Promise<HotFinding> {
    const { db, path } = this.#connection;
    for (let tries = 1; ; tries++) {
      const held = this.#readersBlockNobody() || tries > SHORT_TRIES;
      if (held) guard('search the database', path, () => db.exec('BEGIN'));
      let rows: FoundRows | null = null;
      try {
        const before = tableState(this.#connection, name, !held);
        const wants = {
          leases: purpose !== 'twins' && before.leased.size > 0,
          twins: before.receipts.some(isAdopting),
        };
        if (shape !== null && query !== null && (purpose === 'rows' || wants.leases || wants.twins)) {
          const now = introspect(this.#connection, shape.table);
          if (now === null) throw gone(shape.table);
          rows = new FoundRows(this.#connection, shapedAs(now, shape), query, this.#serial++, wants);
          for (const step of rows.steps()) {
            guard('search the database', path, step);
            await setImmediate();
          }
        }
        if (held || isUnchanged(before, tableState(this.#connection, name, true)))
          return this.#finding(before, shape, rows, purpose);
      } catch (error) {
        rows?.[Symbol.dispose]();
        throw error;
      } finally {
        if (held) db.exec('COMMIT');
      }
      rows?.[Symbol.dispose]();
    }
  }

  #finding(
    { receipts, leased, kept }: TableState,
    shape: TableShape | null,
    rows: FoundRows | null,
    purpose: FindPurpose,
  ): HotFinding {
    return {
      ...{ receipts, leased, kept },
      count: rows?.count ?? 0,
      rows: () => (purpose === 'rows' ? rows?.read() : null) ?? nothing(),
      leasedAmong: async (lines, timeColumn) => {
        if (shape === null || leased.size === 0) return [];
        return this.#leasedAmong(shape, rows, lines, timeColumn);
      },
      twinsAmong: async (lines) => lines.flatMap((line, at) => (rows?.standing.takeTwin(line) ? [at] : [])),
      [Symbol.asyncDispose]: async () => rows?.[Symbol.dispose](),
    };
  }

  #leasedAmong(
    shape: TableShape,
    rows: FoundRows | null,
    lines: readonly Uint8Array[],
    timeColumn: string,
  ): number[] {
    return guard(`find leased rows of ${shape.table}`, this.#connection.path, () => {
      const table = tableOf(this.#connection, shape);
      const judge = rowJudge(table, timeColumn);
      const isEdited = editedCheck(this.#connection, table, timeColumn);
      return lines.flatMap((line, at) => {
        const now = rows?.standing.takeLeased(line) ?? null;
        // A row that no longer matches what was asked for is not among those that were found.
        if (now === null) return isEdited(line) ? [at] : [];
        return now.length === 0 || judge(line, NO_PRINT, now) !== 'other' ? [at] : [];
      });
    });
  }

  /** True with a write-ahead log. Otherwise writers wait for every reader, and reads must be short. */
  #readersBlockNobody(): boolean {
    const { journal_mode: mode } = this.#connection.db.prepare('PRAGMA main.journal_mode').get() as {
      journal_mode: string;
    };
    return mode === 'wal';
  }
}

/** Equals no print of a row. */
const NO_PRINT = Buffer.alloc(0);

/** Whether the row of a line is leased and was edited since, as of now. */
function editedCheck(
  connection: Connection,
  table: Table,
  timeColumn: string,
): (line: Uint8Array) => boolean {
  if (!hasLeases(connection)) return () => false;
  const leasesOf = leaseFinder(connection, table.shape.table);
  const judge = leaseJudge(connection, table, timeColumn);
  return (line) => leasesOf(line).some((lease) => judge(line, lease).found === 'edited');
}

function gone(table: string): FirnError {
  return new FirnError('not_found', 'the table does not exist any more', {
    operation: 'search the database',
    path: sqlite.foldName(table),
  });
}

async function* nothing(): AsyncGenerator<never> {}
