import type { SqlAnswer } from '../../lookup/sql/session.ts';
import { FirnError } from '../../model/errors.ts';
import { stopIfTold, stopOn } from '../../model/stop.ts';
import type { Stores } from '../../operate/stores.ts';
import type { SqlRow } from '../answers/finding/sql-row.ts';
import { type FileProblem, fileProblem } from '../answers/finding/timeline-answer.ts';
import type { SqlOptions } from '../options/row-options.ts';
import type { Turns } from './turns.ts';

/** The rows of a query. They can be taken once. Nothing is opened before the first row is asked for. */
export interface SqlResult extends AsyncIterable<SqlRow> {
  /** The columns of the answer, and what could not be read. Throws `usage` before the first row was asked for. */
  about(): SqlAbout;
  /** All rows at once: for results that fit into memory. */
  all(): Promise<readonly SqlRow[]>;
}

/** What an answer in SQL is made of. */
export interface SqlAbout {
  /** In their order, with the type that DuckDB gives them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** False when rows may be missing from the tables that were queried. */
  readonly complete: boolean;
  /** Archive files that could not be read. */
  readonly problems: readonly FileProblem[];
  /** Tables whose database rows could not be read. */
  readonly unread: readonly { readonly table: string; readonly message: string }[];
  readonly notes: readonly string[];
}

/** Starts nothing yet. */
export function sqlResult(stores: Stores, turns: Turns, text: string, options: SqlOptions): SqlResult {
  let answer: SqlAnswer | null = null;
  async function* rows(): AsyncGenerator<SqlRow, void, void> {
    if (answer !== null) throw taken('the rows of a query can be taken once', 'Run the query again.');
    const signal = turns.begin('run the query', options.signal);
    const [{ openSql }, { sqlRow }] = await Promise.all([
      import('../work/rows/ask-in-sql.ts'),
      import('../answers/finding/sql-row.ts'),
    ]);
    await using place = await openSql(stores, options.archivesOnly ?? false, signal);
    answer = await place.session.run(text);
    for await (const piece of answer.rows) {
      stopIfTold(stopOn(signal), { operation: 'run the query' });
      for (const row of piece) yield sqlRow(answer.columns, row);
    }
  }
  return {
    [Symbol.asyncIterator]: rows,
    about() {
      if (answer === null) throw taken('no row was asked for yet', 'Take the rows first.');
      const { columns, problems, unread, notes } = answer;
      return {
        columns,
        complete: problems.length === 0 && unread.length === 0,
        problems: problems.map(fileProblem),
        unread: unread.map(({ table, why }) => ({ table, message: why })),
        notes,
      };
    },
    async all() {
      const all: SqlRow[] = [];
      for await (const row of rows()) all.push(row);
      return all;
    },
  };
}

function taken(message: string, hint: string): FirnError {
  return new FirnError('usage', message, { operation: 'run the query', hint });
}
