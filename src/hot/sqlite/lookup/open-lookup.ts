import type { HotLookup } from '../../hot-lookup.ts';
import { openForReading } from '../connection/connection.ts';
import { SqliteLookup } from './sqlite-lookup.ts';

/**
 * Opens an existing database to find rows in it; neither it nor its folder changes.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no SQLite database.
 */
export function openSqliteLookup(path: string): HotLookup {
  return new SqliteLookup(openForReading(path));
}
