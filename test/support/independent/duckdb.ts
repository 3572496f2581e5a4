import { DuckDBInstance } from '@duckdb/node-api';

/** What an unconfined DuckDB answers, without Firn. */
export async function askDuck(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS() as unknown[][];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
