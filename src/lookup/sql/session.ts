import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FirnError } from '../../model/errors.ts';
import { sameWord } from '../../model/names.ts';
import { stopOn } from '../../model/stop.ts';
import type { Places } from '../places/places.ts';
import type { Problem, SearchReport } from '../places/search-report.ts';
import type { Query } from '../read/query.ts';
import { schemasOf } from '../read/schemas.ts';
import { type Answered, computed, explained, scanned, stream, type Views } from './answering.ts';
import { asFirnError, type Duck, interruptedBy, openDuck, statementDetails } from './duck.ts';
import { DUCK_LIMITS, type DuckLimits } from './duck-limits.ts';
import { FittedViews } from './fitted-views.ts';
import {
  isThere,
  LaidAgain,
  type LaidTables,
  lakeNote,
  mayBeTheLake,
  pathsOf,
  summary,
  whyCut,
} from './laid-tables.ts';
import { lakeBranches } from './lake-view.ts';
import { explainMissing } from './missing-table.ts';
import { oldestFirst, parquetSql } from './parquet-copy.ts';
import { scanOf } from './query/scan.ts';
import { type Pushdown, pushdownOf, tablesOf } from './query/statement.ts';
import { readQuery, type SqlQuery } from './read-query.ts';
import type { TableFiles } from './table-files.ts';
import { allColumns, tableSql, viewSql } from './view.ts';
import { layOut } from './wanted-rows.ts';

/**
 * The answer to one statement. Its rows come in pieces; integers are bigint, blobs bytes. They are to be taken before the next statement is run, and may
 * add to `notes`.
 */
export interface SqlAnswer extends Answered {
  /** Segments that could not be read: their rows are missing from the answer. */
  readonly problems: Problem[];
  /** Tables whose database rows could not be read. */
  readonly unread: SearchReport['unread'];
  /** What was read of each table that the statement names. */
  readonly reports: ReadonlyMap<string, SearchReport>;
  readonly notes: readonly string[];
}

/** A run moves a segment once: from warm into its month's bundle. */
const MOST_LAYOUTS = 5;

export interface SqlSessionOptions {
  /** Tables of the database beside those of the filter, with all of their rows. */
  readonly others?: readonly string[];
  readonly limits?: DuckLimits;
  /** Ends the statement that is running. */
  readonly signal?: AbortSignal | undefined;
}

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
  readonly #limits: DuckLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #folder: string;
  /** Reads statements, and no file at all. */
  readonly #parser: Duck;
  readonly #fitted = new FittedViews();
  /** Why the lake is not read any more. */
  #lakeFailure: string | null = null;
  /** Of the statement that was run last. */
  #duck: Duck | null = null;

  private constructor(
    places: Places,
    filter: Query,
    { others = [], limits = DUCK_LIMITS, signal }: SqlSessionOptions,
    folder: string,
    parser: Duck,
  ) {
    this.#places = places;
    this.#tables = filter.tables;
    this.#others = others;
    this.#filter = filter;
    [this.#limits, this.#signal] = [limits, signal];
    this.#folder = folder;
    this.#parser = parser;
  }

  /**
   * @param filter of which tables and rows there are views; rows that it does not take are not there. Order and limit do not matter.
   */
  static async open(places: Places, filter: Query, options: SqlSessionOptions = {}): Promise<SqlSession> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'firn-sql-')));
    try {
      return new SqlSession(places, filter, options, folder, await openDuck(folder));
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

  /** The columns of a table's view, as a statement that would make such a table. Of archived rows only footers are read. */
  async schema(table: string): Promise<string> {
    const tiered = this.#tables.includes(table);
    const found = await schemasOf(this.#places, this.#filter, table);
    const schemas = found.map(({ columns }) => columns);
    return tableSql(table, this.#fitted.columns(table, { schemas }), tiered);
  }

  /** Runs one query. Throws `usage` for anything else, and for SQL that DuckDB does not understand; `interrupted` when it was told to end. */
  async run(sql: string): Promise<SqlAnswer> {
    let names: readonly string[] = [];
    const explain = async (error: unknown): Promise<unknown> => {
      const known = [...this.#tables, ...this.#others];
      const { reader = null } = this.#places.hot ?? {};
      return await explainMissing(this.#asFirnError(error, sql), names, known, reader);
    };
    try {
      const query = await readQuery(this.#parser.connection, sql);
      names = tablesOf(query.tree);
      const answer = await this.#overFiles(
        async () => {
          const laid = new Map<string, TableFiles>();
          for (const table of this.#named(names))
            laid.set(table, await this.#layOut(table, pushdownOf(query.tree, table)));
          return laid;
        },
        (laid) => ({ paths: pathsOf(laid), limits: this.#limits }),
        async (views, laid) => await this.#answer(views, query, laid),
      );
      return { ...answer, rows: explained(answer.rows, explain) };
    } catch (error) {
      throw await explain(error);
    }
  }

  /** Writes all rows of a table into a Parquet file, which exists already: those archived first first. The answer is one row: how many there are. */
  async copyToParquet(table: string, path: string): Promise<SqlAnswer> {
    const target = realpathSync(path);
    let sql = '';
    try {
      return await this.#overFiles(
        async () => new Map([[table, oldestFirst(await this.#layOut(table, null))]]),
        // With more threads, rows of several files are kept in memory until it is their turn.
        (laid) => ({ paths: [...pathsOf(laid), target], limits: { ...this.#limits, threads: 1 } }),
        (views, laid) => {
          sql = parquetSql(table, target, laid.get(table)!.averageLine);
          return stream(views, sql);
        },
      );
    } catch (error) {
      throw this.#asFirnError(error, sql);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#duck?.close();
    this.#parser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An answer over tables, which are laid out again when a run beside this moved a file that was to be read where it lies. */
  async #overFiles(
    layOut: () => Promise<LaidTables>,
    reach: (laid: LaidTables) => {
      readonly paths: readonly string[];
      readonly limits: DuckLimits;
    },
    run: (views: Views, laid: LaidTables) => Promise<Answered>,
  ): Promise<SqlAnswer> {
    for (let tries = 1; ; tries++) {
      this.#begin();
      const laid = await layOut();
      try {
        const { paths, limits } = reach(laid);
        const answer = await this.#over(laid, await openDuck(this.#folder, paths, limits), run);
        return { ...answer, rows: explained(answer.rows, async (error) => whyCut(laid, error)) };
      } catch (error) {
        if (error instanceof LaidAgain) continue;
        if (mayBeTheLake(laid, error)) this.#lakeFailure = lakeNote(error);
        else if (tries >= MOST_LAYOUTS || isThere(laid)) throw error;
      }
    }
  }

  /** An answer over views of tables, with columns made loose until their values fit. */
  async #over(
    laid: LaidTables,
    duck: Duck,
    run: (views: Views, laid: LaidTables) => Promise<Answered>,
  ): Promise<SqlAnswer> {
    this.#duck = interruptedBy(this.#signal, duck);
    const { connection } = duck;
    const { notes: ofTables, ...rest } = summary(laid);
    const notes = this.#lakeFailure === null ? [...ofTables] : [...ofTables, this.#lakeFailure];
    const make = async (): Promise<void> => {
      for (const [table, files] of laid) await connection.run(this.#view(table, files));
    };
    const refit = async (error: unknown): Promise<void> => {
      notes.push(this.#fitted.loosen(error));
      if ([...laid].some(([table, files]) => !this.#fitted.suits(table, files))) throw new LaidAgain();
      await make();
    };
    await make();
    for (;;) {
      try {
        return { ...(await run({ connection, refit }, laid)), ...rest, notes };
      } catch (error) {
        await refit(error);
      }
    }
  }

  /** Rows of a plain scan as it goes on; all others, and those of conditions whose columns may yet change their type, when they are computed. */
  async #answer(views: Views, { text, tree, keeps }: SqlQuery, laid: LaidTables): Promise<Answered> {
    if (!keeps) return await stream(views, text);
    const [only, ...others] = laid;
    const scan = only === undefined || others.length > 0 ? null : scanOf(tree);
    if (scan === null) return await computed(views, text);
    const [table, files] = only!;
    // A real number of the lake has not the text that it would need if its column became text in the midst of the answer.
    const isSteady = files.lake.every(({ columns }) => columns.every(({ kind }) => kind !== 'DOUBLE'));
    const texts = this.#fitted.columns(table, files).filter(({ kind }) => kind === 'VARCHAR');
    const isText = (column: string): boolean => texts.some(({ name }) => sameWord(name, column));
    return await (isSteady && scan.conditions.every(isText) ? scanned : computed)(views, text);
  }

  #asFirnError(error: unknown, sql: string): unknown {
    if (this.#signal?.aborted && !(error instanceof FirnError))
      return new FirnError('interrupted', 'stop requested', { ...statementDetails(sql), cause: error });
    return asFirnError(error, sql);
  }

  #named(names: readonly string[]): string[] {
    return [...this.#tables, ...this.#others].filter((table) => names.some((name) => sameWord(name, table)));
  }

  async #layOut(table: string, pushed: Pushdown | null): Promise<TableFiles> {
    const folder = mkdtempSync(join(this.#spool, 'table-'));
    const isOther = this.#others.includes(table);
    return await layOut(this.#places, this.#filter, {
      ...{ table, isOther, pushed, folder, fitted: this.#fitted, stop: stopOn(this.#signal) },
      downloads: this.#lakeFailure === null ? this.#downloads : null,
    });
  }

  /** Drops the statement before, and makes a place for the files of the next one. */
  #begin(): void {
    this.#duck?.close();
    this.#duck = null;
    rmSync(this.#spool, { recursive: true, force: true });
    mkdirSync(this.#downloads, { recursive: true, mode: 0o700 });
    mkdirSync(this.#spool, { mode: 0o700 });
  }

  /** Kept from statement to statement. */
  get #downloads(): string {
    return join(this.#folder, 'lake');
  }

  get #spool(): string {
    return join(this.#folder, 'statement');
  }

  #view(table: string, laid: TableFiles): string {
    const { files, lake, largestLine } = laid;
    const tiered = this.#tables.some((name) => sameWord(name, table));
    const columns = this.#fitted.columns(table, laid);
    const others = lakeBranches(table, allColumns(columns, tiered), lake, tiered);
    return viewSql(table, columns, files, { tiered, largestLine, others });
  }
}
