import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quoteName, quoteText } from '../../lake/duck/load-duck.ts';
import { foldWord, sameWord } from '../../model/names.ts';
import type { Places } from '../places/places.ts';
import type { Problem, SearchReport } from '../places/search-report.ts';
import { everything, type Query } from '../read/query.ts';
import { asFirnError, type Duck, openDuck } from './duck.ts';
import { explainMissing } from './missing-table.ts';
import { readQuery, type SqlQuery } from './read-query.ts';
import { type Pushdown, pushdownOf, tablesOf } from './statement.ts';
import { layOutTable, type TableFiles } from './table-files.ts';
import { boundConditions, isText } from './time-bounds.ts';
import { type Looseness, looseColumn, viewColumns, viewSql } from './view.ts';

/** The answer to one statement. */
export interface SqlAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Rows in pieces; integers are bigint, blobs bytes. To be taken before the next statement is run. */
  readonly rows: AsyncIterable<readonly (readonly unknown[])[]>;
  /** Segments that could not be read: their rows are missing from the answer. */
  readonly problems: Problem[];
  /** Tables whose database rows could not be read. */
  readonly unread: SearchReport['unread'];
  /** What was read of each table that the statement names. */
  readonly reports: ReadonlyMap<string, SearchReport>;
  readonly notes: readonly string[];
}

/** Columns that are made loose before giving up. */
const MOST_RETRIES = 100;
/** A run moves a segment once: from warm into its month's bundle. */
const MOST_LAYOUTS = 5;

/**
 * Queries over all tiers with DuckDB: each table is a view over hot, warm and cold, with the types of its columns, and `_tier` and
 * `_archived_at` besides. Other tables of the database are views over it, with their own columns only. Only the tables that a statement names are
 * laid out, and of those what its conditions leave. Each statement has a DuckDB of its own, which reaches the files of those tables and nothing else.
 */
export class SqlSession implements AsyncDisposable {
  readonly #places: Places;
  readonly #tables: readonly string[];
  readonly #others: readonly string[];
  readonly #filter: Query;
  readonly #folder: string;
  /** Reads statements, and no file at all. */
  readonly #parser: Duck;
  readonly #loose = new Map<string, Map<string, Looseness>>();
  /** Of the statement that was run last. */
  #duck: Duck | null = null;

  private constructor(
    places: Places,
    filter: Query,
    others: readonly string[],
    folder: string,
    parser: Duck,
  ) {
    this.#places = places;
    this.#tables = filter.tables;
    this.#others = others;
    this.#filter = filter;
    this.#folder = folder;
    this.#parser = parser;
  }

  /**
   * @param filter of which tables and rows there are views; rows that it does not take are not there. Order and limit do not matter.
   * @param others tables of the database beside those, with all of their rows.
   */
  static async open(places: Places, filter: Query, others: readonly string[] = []): Promise<SqlSession> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'firn-sql-')));
    try {
      return new SqlSession(places, filter, others, folder, await openDuck(folder));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Those over all tiers. */
  get tables(): readonly string[] {
    return this.#tables;
  }

  /** Those of the database alone. */
  get others(): readonly string[] {
    return this.#others;
  }

  /** Runs one query. Throws `usage` for anything else, and for SQL that DuckDB does not understand. */
  async run(sql: string): Promise<SqlAnswer> {
    let names: readonly string[] = [];
    try {
      const query = await readQuery(this.#parser.connection, sql);
      names = tablesOf(query.tree);
      return await this.#overFiles(
        async () => {
          const laid = new Map<string, TableFiles>();
          for (const table of this.#named(names))
            laid.set(table, await this.#layOut(table, pushdownOf(query.tree, table)));
          return laid;
        },
        [],
        (connection) => answer(connection, query),
      );
    } catch (error) {
      const known = [...this.#tables, ...this.#others];
      throw await explainMissing(asFirnError(error, sql), names, known, this.#places.hot?.reader ?? null);
    }
  }

  /** Writes all rows of a table into a Parquet file, which exists already. The answer is one row: how many there are. */
  async copyToParquet(table: string, path: string): Promise<SqlAnswer> {
    const target = realpathSync(path);
    // Into the file itself: a temporary file beside it would be another path, with another mode.
    const sql = `COPY (SELECT * FROM ${quoteName(table)}) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`;
    try {
      return await this.#overFiles(
        async () => new Map([[table, await this.#layOut(table, null)]]),
        [target],
        (connection) => stream(connection, sql),
      );
    } catch (error) {
      throw asFirnError(error, sql);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#duck?.close();
    this.#parser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An answer over tables, which are laid out again when a run beside this moved a file that was to be read where it lies. */
  async #overFiles(
    layOut: () => Promise<ReadonlyMap<string, TableFiles>>,
    paths: readonly string[],
    run: (connection: Duck['connection']) => Promise<Pick<SqlAnswer, 'columns' | 'rows'>>,
  ): Promise<SqlAnswer> {
    for (let tries = 1; ; tries++) {
      this.#begin();
      const laid = await layOut();
      try {
        return await this.#over(laid, paths, run);
      } catch (error) {
        if (tries >= MOST_LAYOUTS || pathsOf(laid).every((path) => existsSync(path))) throw error;
      }
    }
  }

  /** An answer over views of tables, with columns made loose until their values fit. */
  async #over(
    laid: ReadonlyMap<string, TableFiles>,
    paths: readonly string[],
    run: (connection: Duck['connection']) => Promise<Pick<SqlAnswer, 'columns' | 'rows'>>,
  ): Promise<SqlAnswer> {
    const duck = await openDuck(this.#folder, [...pathsOf(laid), ...paths]);
    this.#duck = duck;
    const notes: string[] = [];
    for (let tries = 0; ; tries++) {
      for (const [table, files] of laid) await duck.connection.run(this.#view(table, files));
      try {
        return { ...(await run(duck.connection)), ...summary(laid), notes };
      } catch (error) {
        const found = looseColumn(error);
        if (found === null || tries >= MOST_RETRIES) throw error;
        const { table, column, looseness } = found;
        const loose = this.#loose.get(foldWord(table)) ?? new Map<string, Looseness>();
        this.#loose.set(foldWord(table), loose.set(foldWord(column), looseness));
        const kind = looseness === 'number' ? 'DOUBLE' : 'text';
        notes.push(`${table}.${column} has values of several types. Firn reads it as ${kind}.`);
      }
    }
  }

  #named(names: readonly string[]): string[] {
    return [...this.#tables, ...this.#others].filter((table) => names.some((name) => sameWord(name, table)));
  }

  async #layOut(table: string, pushed: Pushdown | null): Promise<TableFiles> {
    const query: Query = { ...everything([table]), ...this.#rows(), tiers: this.#filter.tiers };
    // Of a table that cannot be read, nothing can be pushed down.
    const shape = (await this.#places.hot?.reader.shape(table).catch(() => null)) ?? null;
    // A text in a condition meets text in the rows only where the column turns everything into text.
    const textual = (column: string): boolean =>
      shape?.columns.some(({ name, type }) => sameWord(name, column) && isText(type)) ?? false;
    const where = pushed?.where.filter(({ column }) => textual(column)) ?? [];
    const among = pushed?.among != null && textual(pushed.among.column) ? pushed.among : null;
    // Of another table nothing is left when its columns cannot be read.
    if (shape === null && this.#others.includes(table)) await this.#places.hot?.reader.shape(table);
    return await layOutTable(
      this.#places,
      mkdtempSync(join(this.#spool, 'table-')),
      { ...query, where: [...query.where, ...where], among },
      { bounds: pushed?.bounds ?? [], hot: boundConditions(pushed?.bounds ?? [], textual) },
    );
  }

  /** Drops the statement before, and makes a place for the files of the next one. */
  #begin(): void {
    this.#duck?.close();
    this.#duck = null;
    rmSync(this.#spool, { recursive: true, force: true });
    mkdirSync(this.#spool, { mode: 0o700 });
  }

  get #spool(): string {
    return join(this.#folder, 'statement');
  }

  #rows(): Pick<Query, 'where' | 'text' | 'since' | 'until'> {
    const { where, text, since, until } = this.#filter;
    return { where, text, since, until };
  }

  #view(table: string, { schemas, files, largestLine }: TableFiles): string {
    const loose = this.#loose.get(foldWord(table)) ?? new Map<string, Looseness>();
    const tiered = this.#tables.some((name) => sameWord(name, table));
    return viewSql(table, viewColumns(schemas, loose), files, { tiered, largestLine });
  }
}

async function answer(
  connection: Duck['connection'],
  { text, keeps }: SqlQuery,
): Promise<Pick<SqlAnswer, 'columns' | 'rows'>> {
  if (!keeps) return await stream(connection, text);
  // Computed to its end first: what a view refuses is known before the first row is given out.
  await connection.run(`CREATE OR REPLACE TEMP TABLE _firn_answer AS ${text}`);
  return await stream(connection, 'SELECT * FROM _firn_answer');
}

async function stream(
  connection: Duck['connection'],
  sql: string,
): Promise<Pick<SqlAnswer, 'columns' | 'rows'>> {
  const result = await connection.stream(sql);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, at) => ({ name, type: String(types[at]) }));
  return { columns, rows: result.yieldRowsJs() };
}

function pathsOf(laid: ReadonlyMap<string, TableFiles>): string[] {
  return [...laid.values()].flatMap(({ files }) => files.flatMap(({ paths }) => paths));
}

function summary(laid: ReadonlyMap<string, TableFiles>): Pick<SqlAnswer, 'problems' | 'unread' | 'reports'> {
  const reports = new Map([...laid].map(([table, { report }]) => [table, report]));
  const all = [...reports.values()];
  return {
    reports,
    problems: all.flatMap(({ problems }) => problems),
    unread: all.flatMap(({ unread }) => unread),
  };
}
