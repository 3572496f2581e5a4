import { openForReading } from './connection.ts';
import { quoteName } from './quote.ts';
import { guard } from './sqlite-error.ts';

export type SampledValue = null | bigint | number | string | Uint8Array;

/** The values of some columns in the first `limit` rows of a table, by column. Nothing is changed. */
export function readSqliteSamples(
  path: string,
  table: string,
  columns: readonly string[],
  limit: number,
): ReadonlyMap<string, readonly SampledValue[]> {
  if (columns.length === 0) return new Map();
  const { db } = openForReading(path);
  try {
    return guard(`look at ${table}`, path, () => {
      const names = columns.map(quoteName).join(', ');
      const statement = db.prepare(`SELECT ${names} FROM main.${quoteName(table)} LIMIT ?`);
      statement.setReadBigInts(true);
      statement.setReturnArrays(true);
      const rows = statement.all(limit) as unknown as SampledValue[][];
      return new Map(columns.map((column, at) => [column, rows.map((row) => row[at]!)]));
    });
  } finally {
    db.close();
  }
}
