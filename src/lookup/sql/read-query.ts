import type { DuckDBConnection } from '@duckdb/node-api';
import { FirnError } from '../../model/errors.ts';
import { statementDetails } from './duck.ts';

/** One statement that only reads. */
export interface SqlQuery {
  /** Without a semicolon behind it. */
  readonly text: string;
  /** The syntax tree of the query; with EXPLAIN, of the query that is explained. */
  readonly tree: unknown;
  /** Whether the answer can be kept as a table: not that of EXPLAIN, DESCRIBE, SHOW and SUMMARIZE. */
  readonly keeps: boolean;
}

const EXPLAIN =
  /^explain\s+(?:analyze\s+|\(\s*(?:analyze|format\s+\w+)(?:\s*,\s*(?:analyze|format\s+\w+))*\s*\)\s*)?/i;

/**
 * What DuckDB's own parser takes for one query. Everything else is refused, whatever it would do: COPY, ATTACH, SET, PRAGMA, CALL, CREATE
 * and the like can write the files that a session may read.
 * @throws FirnError `usage` when the text is no statement, several, or no query
 */
export async function readQuery(connection: DuckDBConnection, sql: string): Promise<SqlQuery> {
  const count = await countStatements(connection, sql);
  if (count !== 1) {
    const why =
      count === 0
        ? 'the SQL text has no statement'
        : `only one statement is allowed at a time; the text has ${count}`;
    throw new FirnError('usage', why, statementDetails(sql));
  }
  const text = sql.trim().replace(/;\s*$/, '');
  const [explain = ''] = EXPLAIN.exec(text) ?? [];
  const tree = await syntaxTree(connection, text.slice(explain.length));
  if (tree === null) {
    throw new FirnError(
      'usage',
      'only queries are allowed: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, EXPLAIN',
      {
        ...statementDetails(sql),
        hint: 'firn sql is read-only. To write a result to a file, pass --format csv or jsonl, or use firn export.',
      },
    );
  }
  return { text, tree, keeps: explain === '' && !isDescription(tree) };
}

async function countStatements(connection: DuckDBConnection, sql: string): Promise<number> {
  try {
    return (await connection.extractStatements(sql)).count;
  } catch (error) {
    // What the binding makes of a text without a statement.
    if (error instanceof Error && error.message === 'Error in native callback') return 0;
    throw error;
  }
}

/** Null for a statement that is no query. */
async function syntaxTree(connection: DuckDBConnection, text: string): Promise<unknown> {
  const result = await connection.runAndReadAll('SELECT json_serialize_sql(?::VARCHAR)', [text]);
  const tree = JSON.parse(String(result.getRows()[0]![0])) as { error: boolean };
  return tree.error ? null : tree;
}

function isDescription(tree: unknown): boolean {
  const { statements } = tree as { statements: { node: { from_table?: { type?: string } } }[] };
  return statements[0]?.node.from_table?.type === 'SHOW_REF';
}
