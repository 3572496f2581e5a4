import { otherTables, resolveTables } from '../../lookup/places/known-tables.ts';
import { everything } from '../../lookup/read/query.ts';
import { type SqlAnswer, SqlSession } from '../../lookup/sql/session.ts';
import { FirnError } from '../../model/errors.ts';
import { stopIfTold, stopOn } from '../../model/stop.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { renderFailure } from '../frame/failure.ts';
import { plural } from '../terminal/quantity.ts';
import { visible } from '../terminal/visible.ts';
import { answerStatus } from './answer-status.ts';
import { answerCsv, answerJson, answerTable } from './sql-answer.ts';

const FORMATS = ['table', 'jsonl', 'json', 'csv'] as const;
type Format = (typeof FORMATS)[number];
const MOST_IN_TABLE = 1_000;

export const command: Command = defineCommand({
  description:
    'Each managed table is one view over the database and the archives. It has the columns of the table, and the columns _tier and ' +
    '_archived_at. The other tables of the database can be queried and joined too. The SQL dialect is DuckDB. Queries with conditions on ' +
    'lookup keys (execution_id = …) read much less. Only queries are allowed; nothing is changed.\nWithout SQL, an interactive shell starts: end a statement with ";", exit with .quit',
  arguments: { sql: argument('[SQL]', 'one SQL statement') },
  options: {
    format: value<Format>('--format <FORMAT>', 'output format (default table)', {
      choices: FORMATS,
    }),
    tables: flag('--tables', 'list the tables and exit'),
    archivesOnly: flag('--archives-only', 'read the archive files only; the database is not needed'),
  },
  examples: [
    [
      `firn sql "SELECT tool, count(*) FROM tool_uses GROUP BY 1 ORDER BY 2 DESC"`,
      'count the uses of each tool',
    ],
    [`firn sql "SELECT _tier, count(*) FROM transcript_entries GROUP BY 1"`, 'count rows per tier'],
    [
      `firn sql "SELECT name, count(*) FROM runs JOIN tasks USING (id) GROUP BY 1"`,
      'join a table that has no policy',
    ],
    ['firn sql', 'start the interactive shell'],
  ],
  async run(context, { sql }, { format = 'table', archivesOnly, tables }) {
    if (tables && sql !== undefined) {
      throw new FirnError('usage', '--tables takes no SQL', {
        operation: 'list the tables',
        path: '--tables',
      });
    }
    await using places = await (await context.stores()).openSearching({ archivesOnly });
    const known = await resolveTables(places, []);
    const others = await otherTables(places, known);
    if (tables) {
      await print(context, tableList(known, others), format);
      return EXIT.done;
    }
    await using session = await SqlSession.open(places, everything(known), others);
    if (sql !== undefined) return await answer(context, session, sql, format);
    return await shell(context, session, format);
  },
});

async function answer(context: Context, session: SqlSession, sql: string, format: Format): Promise<number> {
  const found = await session.run(sql);
  await print(context, found, format);
  for (const note of found.notes) context.note(note);
  return answerStatus(context, found, found.reports.size);
}

async function print(
  context: Context,
  found: Pick<SqlAnswer, 'columns' | 'rows'>,
  format: Format,
): Promise<void> {
  const { stdout } = context.io;
  const { columns } = found;
  if (format === 'table') {
    const rows: (readonly unknown[])[] = [];
    for await (const piece of found.rows) {
      rows.push(...piece);
      if (rows.length > MOST_IN_TABLE) break;
    }
    const cut = rows.length > MOST_IN_TABLE;
    context.print(answerTable(columns, rows.slice(0, MOST_IN_TABLE), context.style, context.width, cut));
    if (cut)
      context.note(
        `The result has more than ${MOST_IN_TABLE} rows. Pass --format jsonl to print all of them.`,
      );
    return;
  }
  if (format === 'csv') stdout.write(answerCsv(columns.map(({ name }) => name)));
  let count = 0;
  if (format === 'json') stdout.write('[');
  for await (const piece of found.rows) {
    for (const row of piece) {
      if (format === 'csv') stdout.write(answerCsv(row));
      else if (format === 'jsonl') stdout.write(`${answerJson(columns, row)}\n`);
      else stdout.write(`${count === 0 ? '' : ','}\n  ${answerJson(columns, row)}`);
      count++;
    }
    await stdout.drained();
    stopIfTold(stopOn(context.io.signal), { operation: 'print the result' });
  }
  if (format === 'json') stdout.write(count === 0 ? ']\n' : '\n]\n');
}

/** What there is, as an answer. */
function tableList(
  tables: readonly string[],
  others: readonly string[],
): Pick<SqlAnswer, 'columns' | 'rows'> {
  const columns = ['table', 'rows_from'].map((name) => ({ name, type: 'VARCHAR' }));
  const rows = [
    ...tables.map((table) => [table, 'database and archives']),
    ...others.map((table) => [table, 'database']),
  ];
  return { columns, rows: one(rows) };
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function shell(context: Context, session: SqlSession, format: Format): Promise<number> {
  const { io } = context;
  const prompt = (text: string): void => {
    if (io.stdin.isTTY) io.stderr.write(visible(text));
  };
  let status: number = EXIT.done;
  let statement = '';
  const beside =
    session.others.length === 0 ? '' : ` and ${plural(session.others.length, 'other')} (.tables)`;
  prompt(`Tables: ${session.tables.join(', ')}${beside}. End a statement with ";", exit with .quit\nfirn> `);
  for await (const line of io.stdin.lines()) {
    const word = line.trim();
    if (statement === '' && (word === '.quit' || word === '.exit')) return status;
    if (statement === '' && word === '.tables')
      context.print([...session.tables, ...session.others].join('\n'));
    else if (statement === '' && word === '') prompt('');
    else statement += `${line}\n`;
    if (/;\s*$/.test(statement)) {
      status = Math.max(status, await tryAnswer(context, session, statement, format));
      statement = '';
    }
    prompt(statement === '' ? 'firn> ' : '  ... ');
    if (io.signal.aborted) return status;
  }
  if (statement.trim() !== '')
    status = Math.max(status, await tryAnswer(context, session, statement, format));
  return status;
}

/** In a shell a statement may fail; the next one goes on. */
async function tryAnswer(
  context: Context,
  session: SqlSession,
  sql: string,
  format: Format,
): Promise<number> {
  try {
    return await answer(context, session, sql, format);
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    context.io.stderr.write(renderFailure(error, context.style, false));
    return context.io.stdin.isTTY ? EXIT.done : EXIT.failed;
  }
}
