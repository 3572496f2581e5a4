import { takeStatements } from '../../../lookup/sql/query/statement-text.ts';
import type { SqlSession } from '../../../lookup/sql/session.ts';
import { FirnError } from '../../../model/errors.ts';
import { nearestName, sameWord } from '../../../model/names.ts';
import type { Context } from '../../frame/context.ts';
import { EXIT, exitStatusOf } from '../../frame/exit-status.ts';
import { renderFailure } from '../../frame/failure.ts';
import { plural } from '../../terminal/quantity.ts';
import { FORMATS, type Format } from './sql-print.ts';

/** How the shell answers. */
export interface ShellMode {
  format: Format;
  isTimed: boolean;
}

export type Answer = (sql: string, mode: Readonly<ShellMode>) => Promise<number>;

const HELP = `.help               list these commands
.mode FORMAT        print results as ${FORMATS.join(', ')}
.quit               leave the shell
.schema [TABLE]     show the columns of all tables, or of one
.tables             list the tables
.timer on|off       print the time of each statement
End a statement with ";". It may have several lines.`;

/**
 * Statements from a terminal or a pipe, until there is no more or `.quit`. The exit status is the worst of its statements; on a
 * terminal, a statement that fails counts for nothing.
 */
export async function sqlShell(
  context: Context,
  session: SqlSession,
  format: Format,
  answer: Answer,
): Promise<number> {
  const { stdin, signal } = context.io;
  const mode: ShellMode = { format, isTimed: false };
  let status: number = EXIT.done;
  let waiting = '';
  const attempt = async (work: () => Promise<number>): Promise<void> => {
    status = Math.max(status, await tried(context, work));
  };
  if (stdin.isTTY) context.note(greeting(session));
  for await (const line of stdin.lines(() => (waiting === '' ? 'firn> ' : '  ... '))) {
    const word = line.trim();
    if (waiting === '' && (word === '.quit' || word === '.exit')) return status;
    if (waiting === '' && word.startsWith('.')) await attempt(() => command(context, session, mode, word));
    else {
      const { statements, rest } = takeStatements(`${waiting}${line}\n`);
      waiting = rest.trim() === '' ? '' : rest;
      for (const sql of statements) await attempt(() => answer(sql, mode));
    }
    if (signal.aborted) return status;
  }
  if (waiting !== '') await attempt(() => answer(waiting, mode));
  return status;
}

function greeting({ tables, others }: SqlSession): string {
  const beside = others.length === 0 ? '' : ` and ${plural(others.length, 'other')} (.tables)`;
  return `Tables: ${tables.join(', ')}${beside}. End a statement with ";". .help lists the commands.`;
}

async function command(
  context: Context,
  session: SqlSession,
  mode: ShellMode,
  line: string,
): Promise<number> {
  const [name = '', ...words] = line.replace(/;$/, '').split(/\s+/);
  const [word] = words;
  if (words.length > 1) throw wrong(line, `${name} takes one word`);
  if (name === '.help') context.print(HELP);
  else if (name === '.tables') context.print([...session.tables, ...session.others].join('\n'));
  else if (name === '.schema') await printSchemas(context, session, word);
  else if (name === '.mode') mode.format = oneOf(line, FORMATS, word);
  else if (name === '.timer') mode.isTimed = oneOf(line, ['on', 'off'], word) === 'on';
  else throw wrong(line, `${name} is not a command`);
  return EXIT.done;
}

async function printSchemas(
  context: Context,
  session: SqlSession,
  wanted: string | undefined,
): Promise<void> {
  const known = [...session.tables, ...session.others];
  const tables = wanted === undefined ? known : known.filter((table) => sameWord(table, wanted));
  if (tables.length === 0) {
    const nearest = nearestName(wanted ?? '', known);
    throw wrong(`.schema ${wanted ?? ''}`, `there is no table ${wanted}`, nearest ?? undefined);
  }
  for (const table of tables) context.print(await session.schema(table));
}

function oneOf<T extends string>(line: string, words: readonly T[], word: string | undefined): T {
  const found = words.find((known) => known === word);
  if (found !== undefined) return found;
  throw wrong(line, `${line.split(/\s/)[0]} takes one of: ${words.join(', ')}`);
}

function wrong(path: string, message: string, nearest?: string): FirnError {
  const hint =
    nearest === undefined
      ? '.help lists the commands.'
      : `Did you mean ${nearest}? .tables lists the tables.`;
  return new FirnError('usage', message, { operation: 'read the command', path, hint });
}

async function tried(context: Context, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FirnError) || context.io.signal.aborted) throw error;
    context.io.stderr.write(renderFailure(error, context.style, false));
    return context.io.stdin.isTTY ? EXIT.done : exitStatusOf(error.code);
  }
}
