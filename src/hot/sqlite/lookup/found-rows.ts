import type { SQLInputValue } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { sqlite } from '../../../model/database/dialect.ts';
import type { Condition } from '../../../model/filter.ts';
import { asInstant, type Instant } from '../../../model/instant.ts';
import { ARCHIVED_AT, ROWID } from '../../../model/shape.ts';
import { sizes } from '../../../model/sizes.ts';
import type { HotQuery, HotRow } from '../../hot-lookup.ts';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { isSound } from '../read/blocks.ts';
import { erasureSql } from '../sql/erasure-sql.ts';
import { amongSql, conditionSql, type SqlPiece } from '../sql/filter-sql.ts';
import { lineSql } from '../sql/line-sql.ts';
import { rowInstantSql } from '../sql/row-time.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type Piece, walkIndex, walkKeys, walkRowids } from '../survey/table-walk.ts';
import { FoundStanding } from './found-standing.ts';
import { TimeRanges } from './time-ranges.ts';

/** The `_archived_at` that `lineSql` must have; it is cut out again, as a hot row has none. */
const NO_DATE = '';
const NO_DATE_MEMBER: Buffer = Buffer.from(`,${JSON.stringify(ARCHIVED_AT)}:""`);
const NEVER: SqlPiece = { sql: '0', params: [] };

/** Rows that satisfy a query, first their keys, then their lines, in temporary tables (on disk, outside the database). */
export class FoundRows implements Disposable {
  count = 0;
  readonly standing: FoundStanding;
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #query: HotQuery;
  readonly #keys: string;
  readonly #lines: string;
  readonly #order: string;
  readonly #rendered: Table;

  constructor(
    connection: Connection,
    table: Table,
    query: HotQuery,
    serial: number,
    standing: { readonly leases: boolean; readonly twins: boolean },
  ) {
    this.standing = new FoundStanding(connection, table, serial, standing);
    this.#connection = connection;
    this.#table = table;
    this.#query = query;
    // What may stand in the archive too is told by whole lines.
    this.#rendered = standing.leases || standing.twins ? table : withColumns(table, query.columns);
    this.#keys = `temp._firn_found_${serial}`;
    this.#lines = `temp._firn_lines_${serial}`;
    this.#order = `instant IS NULL, instant ${query.order === 'oldest' ? 'ASC' : 'DESC'}, at`;
  }

  /** Everything to be done, in short steps between which others get their turn. */
  *steps(): Generator<() => void> {
    const { db } = this.#connection;
    const locator = locatorOf(this.#table);
    yield () => {
      const columns = locator.map((_, at) => `key${at}`).join(', ');
      db.exec(`CREATE TABLE ${this.#keys} (at INTEGER PRIMARY KEY, instant, ${columns})`);
      db.exec(`CREATE TABLE ${this.#lines} (at INTEGER PRIMARY KEY, instant, line)`);
      this.standing.create();
    };
    const wanted = this.#condition();
    const instant = this.#instant();
    const prepared = statementCache(db);
    const insert = (piece: Piece): void => {
      prepared(
        `INSERT INTO ${this.#keys} (instant, ${locator.map((_, at) => `key${at}`).join(', ')})
        SELECT instant, ${locator.map((_, at) => `key${at}`).join(', ')} FROM (
          SELECT ${instant} AS instant, ${locator.map((sql, at) => `${sql} AS key${at}`).join(', ')}
          FROM ${piece.source} ${this.#hasCondition(piece) ? 'AND' : 'WHERE'} ${wanted.sql} LIMIT -1 OFFSET 0)
        ${this.#withinTime()}`,
      ).run(...piece.params, ...wanted.params);
      this.#trim(2);
    };
    for (const piece of this.#pieces()) yield () => insert(piece);
    yield () => this.#trim(1);
    yield* this.#render(locator);
    yield () => {
      this.count = (db.prepare(`SELECT count(*) AS n FROM ${this.#lines}`).get() as { n: number }).n;
      db.exec(`DROP TABLE ${this.#keys}`);
    };
  }

  /** The rows in order. */
  async *read(): AsyncGenerator<HotRow> {
    const { db } = this.#connection;
    const next = db.prepare(
      `SELECT at, CAST(instant AS REAL) AS instant, line FROM ${this.#lines} WHERE at > ? ORDER BY at LIMIT ?`,
    );
    let [after, batch] = [0, sizes.firstFoundRows];
    for (;;) {
      const rows = next.all(after, batch) as {
        at: number;
        instant: number | null;
        line: Uint8Array | string;
      }[];
      let bytes = 0;
      for (const { at, instant, line } of rows) {
        after = at;
        const whole = Buffer.from(line as string);
        bytes += whole.length;
        yield { time: asInstant(instant), line: undated(whole) };
      }
      if (rows.length < batch) return;
      const fitting = Math.round((batch * sizes.foundBytes) / Math.max(1, bytes));
      batch = Math.max(1, Math.min(sizes.mostFoundRows, fitting));
      await setImmediate();
    }
  }

  [Symbol.dispose](): void {
    this.standing[Symbol.dispose]();
    this.#connection.db.exec(`DROP TABLE IF EXISTS ${this.#keys}; DROP TABLE IF EXISTS ${this.#lines}`);
  }

  #instant(): string {
    const { timeColumn, timeFormat } = this.#query;
    return (timeColumn === null ? null : rowInstantSql(this.#table, { timeColumn, timeFormat })) ?? 'NULL';
  }

  #withinTime(): string {
    const { since, until } = this.#query;
    const bounds = [
      since === null ? [] : [`instant >= ${since}`],
      until === null ? [] : [`instant <= ${until}`],
    ].flat();
    return bounds.length === 0 ? '' : `WHERE ${bounds.join(' AND ')}`;
  }

  #condition(): SqlPiece {
    const { where, text, among, erased } = this.#query;
    const pieces = where.map((condition) => {
      const column = this.#column(condition.column);
      return column === undefined ? NEVER : conditionSql(condition, column);
    });
    if (among !== null) {
      const column = this.#column(among.column);
      pieces.push(column === undefined ? NEVER : amongSql(among, column));
    }
    if (text !== null) {
      const anywhere = { op: '~', value: text } satisfies Omit<Condition, 'column'>;
      const columns = this.#table.shape.columns.map(({ name }) => this.#table.column(name));
      const each = columns.map((column) => conditionSql({ ...anywhere, column }, column));
      pieces.push({
        sql: `(${each.map(({ sql }) => sql).join(' OR ')})`,
        params: each.flatMap(({ params }) => params),
      });
    }
    for (const order of erased) {
      const { timeColumn, timeFormat } = this.#query;
      const time = timeColumn === null ? null : { timeColumn, timeFormat };
      const { sql, params } = erasureSql(this.#table, order, time);
      pieces.push({ sql: `(${sql}) IS NOT TRUE`, params });
    }
    return {
      sql: ['1', ...pieces.map(({ sql }) => sql)].join(' AND '),
      params: pieces.flatMap(({ params }) => params),
    };
  }

  #column(name: string): string | undefined {
    const { shape, access } = this.#table;
    const own = shape.columns.find((column) => sqlite.sameName(column.name, name));
    if (own !== undefined) return this.#table.column(own.name);
    return name === ROWID && shape.primaryKey.length === 0 && access.kind === 'rowid'
      ? access.rowid
      : undefined;
  }

  /** The rows that may be wanted, in pieces: all at once where an index leads to them. */
  *#pieces(): Generator<Piece> {
    const { access, from } = this.#table;
    const { among, since, until, order, limit } = this.#query;
    const equal = this.#query.where.filter(({ op }) => op === '=');
    if ([...equal, ...(among === null ? [] : [among])].some(({ column }) => this.#isIndexed(column)))
      return yield { source: from, params: [] };
    const times = TimeRanges.of(this.#connection, this.#table, this.#query);
    const inRange = (earliest: Instant | null, latest: Instant | null): Generator<Piece> =>
      walkIndex(
        this.#connection,
        this.#table,
        times!.age,
        times!.within(earliest, latest),
        sizes.searchedRows,
        false,
      );
    if (times !== null && (since !== null || until !== null)) return yield* inRange(since, until);
    if (times !== null && order === 'newest' && limit !== null) {
      for (const time of times.recent()) {
        yield* inRange(time, null);
        // As many rows as are wanted are newer than any that was not read.
        if (this.#countSince(time) >= limit) return;
        this.#connection.db.exec(`DELETE FROM ${this.#keys}`);
      }
    }
    yield* access.kind === 'key'
      ? walkKeys(this.#connection, this.#table, sizes.searchedRows)
      : walkRowids(this.#connection, this.#table, access.rowid, sizes.searchedRows);
  }

  #countSince(time: Instant): number {
    const { n } = this.#connection.db
      .prepare(`SELECT count(*) AS n FROM ${this.#keys} WHERE instant >= ?`)
      .get(time) as { n: number };
    return n;
  }

  #hasCondition({ source }: Piece): boolean {
    return source.slice(this.#table.from.length).includes('WHERE ');
  }

  #isIndexed(column: string): boolean {
    const found = this.#connection.db
      .prepare(
        `SELECT 1 FROM temp.pragma_index_list(?, 'main') AS list, temp.pragma_index_info(list.name, 'main') AS info
        WHERE info.seqno = 0 AND info.name = ? COLLATE NOCASE AND NOT list.partial LIMIT 1`,
      )
      .get(this.#table.shape.table, column);
    const [first] = this.#table.shape.primaryKey;
    return found !== undefined || (first !== undefined && sqlite.sameName(first, column));
  }

  /** Forgets keys beyond the limit, once there are `slack` times as many. */
  #trim(slack: number): void {
    const { limit } = this.#query;
    if (limit === null) return;
    const { db } = this.#connection;
    const { n } = db.prepare(`SELECT count(*) AS n FROM ${this.#keys}`).get() as { n: number };
    if (n <= limit * slack) return;
    db.prepare(
      `DELETE FROM ${this.#keys} WHERE at NOT IN (SELECT at FROM ${this.#keys} ORDER BY ${this.#order} LIMIT ?)`,
    ).run(limit);
  }

  *#render(locator: readonly string[]): Generator<() => void> {
    const { db } = this.#connection;
    const sorted = `${this.#keys}_sorted`;
    const keys = locator.map((_, at) => `key${at}`).join(', ');
    yield () => {
      db.exec(`CREATE TABLE ${sorted} AS SELECT instant, ${keys} FROM ${this.#keys} ORDER BY ${this.#order}`);
    };
    const { n } = db.prepare(`SELECT count(*) AS n FROM ${sorted}`).get() as { n: number };
    const joined = locator.map((sql, at) => `${sql} = _firn_k.key${at}`).join(' AND ');
    const { renderedRows } = sizes;
    const rows = `(SELECT rowid, * FROM ${sorted} WHERE rowid > ? AND rowid <= ?) AS _firn_k CROSS JOIN ${this.#table.from} ON ${joined}`;
    const insert = (form: 'plain' | 'exact', after: number): void => {
      const line = lineSql(this.#rendered, NO_DATE, form);
      const stored = this.#connection.encoding === 'UTF-8' ? `CAST(${line} AS BLOB)` : line;
      db.prepare(
        `INSERT INTO ${this.#lines} SELECT _firn_k.rowid, _firn_k.instant, ${stored} FROM ${rows}`,
      ).run(after, after + renderedRows);
    };
    for (let after = 0; after < n; after += renderedRows) {
      yield () => {
        insert('plain', after);
        if (!this.#allSound(after)) {
          db.prepare(`DELETE FROM ${this.#lines} WHERE at > ?`).run(after);
          insert('exact', after);
        }
        this.standing.add({ lines: this.#lines, joined: rows, after, upto: after + renderedRows });
      };
    }
    yield () => db.exec(`DROP TABLE ${sorted}`);
  }

  #allSound(after: number): boolean {
    const lines = this.#connection.db.prepare(`SELECT line FROM ${this.#lines} WHERE at > ?`).iterate(after);
    for (const { line } of lines as Iterable<{ line: SQLInputValue }>) {
      if (!isSound(this.#connection, line as Uint8Array | string)) return false;
    }
    return true;
  }
}

/** The table as if it had these columns only, and one at least. */
function withColumns(table: Table, wanted: HotQuery['columns']): Table {
  if (wanted === undefined) return table;
  const { columns } = table.shape;
  const kept = columns.filter(({ name }) => wanted.some((other) => sqlite.sameName(name, other)));
  return { ...table, shape: { ...table.shape, columns: kept.length === 0 ? columns.slice(0, 1) : kept } };
}

function locatorOf({ access, shape, column }: Table): string[] {
  return access.kind === 'rowid' ? [access.rowid] : shape.primaryKey.map(column);
}

/** The line without the member that stands for the date that it does not have, with a line feed. */
function undated(line: Buffer): Buffer {
  const at = line.lastIndexOf(NO_DATE_MEMBER);
  return Buffer.concat([line.subarray(0, at), line.subarray(at + NO_DATE_MEMBER.length), Buffer.from('\n')]);
}
