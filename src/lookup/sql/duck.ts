import type { DuckDBConnection } from '@duckdb/node-api';
import { loadDuck, quoteText } from '../../lake/duck/load-duck.ts';
import { FirnError } from '../../model/errors.ts';
import { DUCK_LIMITS, type DuckLimits } from './duck-limits.ts';

/** A DuckDB without a database of its own. */
export interface Duck {
  readonly connection: DuckDBConnection;
  close(): void;
}

const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_unsigned_extensions: 'false',
  allow_persistent_secrets: 'false',
};

/**
 * Opens a DuckDB that reaches no file but those in `folder` (which also takes what does not fit into memory) and `paths`, and whose
 * settings cannot be changed any more. It could *write* those files: only queries may be given to it (`readQuery`).
 * @param folder private to this session
 * @throws FirnError `refused` when the optional package is not installed
 */
export async function openDuck(
  folder: string,
  paths: readonly string[] = [],
  { memoryBytes, spillBytes, threads }: DuckLimits = DUCK_LIMITS,
): Promise<Duck> {
  const { DuckDBInstance } = await loadDuck('firn search and firn export --format jsonl do not need it.');
  const instance = await DuckDBInstance.create(':memory:', {
    ...{ ...SETTINGS, temp_directory: folder },
    ...{ memory_limit: `${memoryBytes}B`, max_temp_directory_size: `${spillBytes}B` },
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    await connection.run(`SET allowed_paths = [${paths.map(quoteText).join(', ')}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } catch (error) {
    close();
    throw error;
  }
  return { connection, close };
}

/** A DuckDB whose statement ends when a signal says so. */
export function interruptedBy(signal: AbortSignal | undefined, { connection, close }: Duck): Duck {
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  return {
    connection,
    close: () => {
      signal?.removeEventListener('abort', interrupt);
      close();
    },
  };
}

/** An error of DuckDB's as one of ours: what the statement got wrong is wrong usage. */
export function asFirnError(error: unknown, sql: string): unknown {
  if (error instanceof FirnError || !(error instanceof Error)) return error;
  const message = error.message.split(/\n\nStack Trace:/)[0]!;
  const isFull = /^Out of Memory Error|max_temp_directory_size/.test(message);
  const wrong =
    /^(Failed to extract statements: |(Failed to [a-z ]+: )?(Parser|Binder|Catalog|Syntax) Error)/.test(
      error.message,
    );
  const reaches = /Permission Error|disabled (by|through) configuration|configuration has been locked/.test(
    error.message,
  );
  return new FirnError(wrong ? 'usage' : reaches ? 'refused' : 'database', message, {
    ...statementDetails(sql),
    cause: error,
    ...(reaches ? { hint: 'firn sql can only read the managed tables, no other files or URLs.' } : {}),
    ...(isFull ? { hint: 'Ask for fewer columns or rows, or pass a larger --memory or --spill.' } : {}),
  });
}

export function statementDetails(sql: string): { readonly operation: string; readonly path: string } {
  return { operation: 'run the SQL', path: sql.trim().split('\n')[0]!.slice(0, 120) };
}
