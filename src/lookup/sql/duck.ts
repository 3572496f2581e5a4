import type { DuckDBConnection } from '@duckdb/node-api';
import { FirnError } from '../../model/errors.ts';

/** DuckDB, opened for one session; what does not fit into memory goes into `folder`. */
export interface Duck {
  readonly connection: DuckDBConnection;
  close(): void;
}

const MEMORY = '1GB';

/** @throws FirnError `refused` when the optional package is not installed. */
export async function openDuck(folder: string): Promise<Duck> {
  const { DuckDBInstance } = await load();
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: MEMORY, temp_directory: folder });
  const connection = await instance.connect();
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function load(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new FirnError('refused', 'this needs DuckDB, which is not installed', {
      operation: 'open DuckDB',
      path: '@duckdb/node-api',
      hint: 'Install it beside Firn: npm install @duckdb/node-api. (firn search and firn export --format jsonl do without.)',
      cause,
    });
  }
}

/** An error of DuckDB's as one of ours: what the statement got wrong is wrong usage. */
export function asFirnError(error: unknown, sql: string): unknown {
  if (error instanceof FirnError || !(error instanceof Error)) return error;
  const wrong = /^(Failed to [a-z ]+: )?(Parser|Binder|Catalog|Syntax) Error/.test(error.message);
  return new FirnError(wrong ? 'usage' : 'database', error.message, {
    operation: 'run the SQL',
    path: sql.trim().split('\n')[0]!.slice(0, 120),
    cause: error,
  });
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
