import { otherTables, resolveTables } from '../../lookup/places/known-tables.ts';
import { everything } from '../../lookup/read/query.ts';
import { type SqlAnswer, SqlSession } from '../../lookup/sql/session.ts';
import { FirnError } from '../../model/errors.ts';
import { argument, type Command, defineCommand, flag, value } from '../frame/command.ts';
import type { Context } from '../frame/context.ts';
import { EXIT } from '../frame/exit-status.ts';
import { LIMIT_OPTIONS, limitsOf } from '../input/sql-limits.ts';
import { answerStatus } from './answer-status.ts';
import { costOf } from './sql/sql-cost.ts';
import { FORMATS, type Format, printAnswer } from './sql/sql-print.ts';
import { sqlShell } from './sql/sql-shell.ts';

export const command: Command = defineCommand({
  description:
    'Each managed table is one view over the database and the archives. It has the columns of the table, and the columns _tier and ' +
    '_archived_at. The other tables of the database can be queried and joined too. The SQL dialect is DuckDB. Queries with conditions on ' +
    'lookup keys (execution_id = …) read much less. Only queries are allowed; nothing is changed.\nWithout SQL, an interactive shell starts: end a statement with ";". .help lists its commands. It also reads statements from a pipe.',
  arguments: { sql: argument('[SQL]', 'one SQL statement') },
  options: {
    format: value<Format>('--format <FORMAT>', 'output format (default table)', {
      choices: FORMATS,
    }),
    json: flag('--json', 'print JSON, like --format json', { conflicts: ['--format'] }),
    tables: flag('--tables', 'list the tables and exit'),
    archivesOnly: flag('--archives-only', 'read the archive files only; the database is not needed'),
    ...LIMIT_OPTIONS,
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
    ['firn sql --format csv < report.sql', 'run the statements of a file'],
  ],
  async run(context, { sql }, { archivesOnly, tables, json, ...options }) {
    const format = json ? 'json' : (options.format ?? 'table');
    const limits = limitsOf(options, context.io.env);
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
      await printAnswer(context, tableList(known, others), format);
      return EXIT.done;
    }
    const { signal } = context.io;
    await using session = await SqlSession.open(places, everything(known), { others, limits, signal });
    if (sql !== undefined) return await answer(context, session, sql, { format, isTimed: false });
    return await sqlShell(context, session, format, (text, mode) => answer(context, session, text, mode));
  },
});

async function answer(
  context: Context,
  session: SqlSession,
  sql: string,
  { format, isTimed }: { readonly format: Format; readonly isTimed: boolean },
): Promise<number> {
  const began = context.io.clock.monotonic();
  const found = await session.run(sql);
  await printAnswer(context, found, format);
  for (const note of found.notes) context.note(note);
  if (isTimed || context.flags.verbose)
    context.note(costOf(context.io.clock.monotonic() - began, found.reports));
  return answerStatus(context, found, found.reports.size);
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
