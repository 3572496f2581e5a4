import { existsSync } from 'node:fs';
import type { TableShape } from '../../../model/shape.ts';
import { openForReading } from '../connection/connection.ts';
import { introspect } from '../sql/introspect.ts';

/** The shape of a table of a database that rows may be restored into; null when the file or the table does not exist. Changes nothing. */
export function lookIntoFile(path: string, table: string): TableShape | null {
  if (!existsSync(path)) return null;
  const connection = openForReading(path);
  try {
    return introspect(connection, table)?.shape ?? null;
  } finally {
    connection.db.close();
  }
}
