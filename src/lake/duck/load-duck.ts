import { FirnError } from '../../model/errors.ts';
import { duckInstallCommand } from './duck-package.ts';

/**
 * Loads DuckDB when it is first needed: it is an optional package, and takes long to load.
 * @param alternative what does not need it, as a sentence.
 * @throws FirnError `refused` when it is not installed.
 */
export async function loadDuck(alternative: string): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new FirnError('refused', 'DuckDB is not installed', {
      operation: 'open DuckDB',
      path: '@duckdb/node-api',
      hint: `Install it with: ${duckInstallCommand()}. ${alternative}`,
      cause,
    });
  }
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
