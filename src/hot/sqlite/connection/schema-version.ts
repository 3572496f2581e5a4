import type { Connection } from './connection.ts';

/** Reads SQLite's `schema_version` of the database: another number as soon as anybody has changed its schema. */
export function schemaVersionOf({ db }: Pick<Connection, 'db'>): () => number {
  const statement = db.prepare('PRAGMA main.schema_version');
  return () => (statement.get() as { schema_version: number }).schema_version;
}
