import { closeSync, openSync, readSync, realpathSync } from 'node:fs';
import { sqlite } from '../../../model/database/dialect.ts';
import type { TableShape } from '../../../model/shape.ts';
import type { HotCheckup, HotEngine } from '../../hot-checkup.ts';
import { type Connection, openForReading } from '../connection/connection.ts';
import { asFirnError, guard } from '../connection/sqlite-error.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { listForeignKeys } from '../sql/foreign-keys.ts';
import { ageIndex } from '../survey/age-index.ts';
import { countReferences } from './reference-count.ts';
import { tableSize } from './table-size.ts';

/**
 * Opens an SQLite database to be checked: neither it nor its folder is changed.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no SQLite database.
 */
export async function openSqliteCheckup(path: string): Promise<HotCheckup> {
  const connection = openForReading(path);
  const looking = async <T>(at: string, look: () => T): Promise<T> => guard(`look at ${at}`, path, look);
  return {
    engine: () => looking('the database', () => engineOf(connection)),
    foreignKeys: () => looking('the foreign keys', () => listForeignKeys(connection)),
    size: (shape) => looking(shape.table, () => tableSize(connection, tableOf(connection, shape))),
    countReferences: async (reference, most) => {
      try {
        return await countReferences(connection, reference, most);
      } catch (error) {
        throw asFirnError(error, `look at ${reference.table}`, path);
      }
    },
    hasIndex: (shape, columns) => looking(shape.table, () => hasIndex(connection, shape, columns)),
    hasAgeIndex: (shape, column) =>
      looking(shape.table, () => ageIndex(connection, tableOf(connection, shape), column) !== null),
    [Symbol.asyncDispose]: async () => connection.db.close(),
  };
}

function engineOf({ db, path }: Connection): HotEngine {
  const { version } = db.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  return { name: 'SQLite', version, writer: writerOf(path) };
}

/** https://www.sqlite.org/fileformat2.html#validfor: the version number of the library that wrote last, as 3050004. */
const WRITER_AT = 96;

function writerOf(path: string): string | null {
  const bytes = Buffer.alloc(4);
  const file = openSync(realpathSync(path), 'r');
  try {
    readSync(file, bytes, 0, bytes.length, WRITER_AT);
  } finally {
    closeSync(file);
  }
  const number = bytes.readUInt32BE();
  const parts = [Math.floor(number / 1_000_000), Math.floor(number / 1_000) % 1_000, number % 1_000];
  return number === 0 ? null : parts.join('.');
}

function hasIndex({ db }: Connection, shape: TableShape, columns: readonly string[]): boolean {
  const leads = (names: readonly (string | null)[]): boolean =>
    columns.every((column) =>
      names.slice(0, columns.length).some((name) => name !== null && sqlite.sameName(name, column)),
    );
  if (leads(shape.primaryKey)) return true;
  const indexes = db
    .prepare("SELECT name FROM temp.pragma_index_list(?, 'main') WHERE partial = 0")
    .all(shape.table) as { name: string }[];
  const partsOf = db.prepare("SELECT name FROM temp.pragma_index_info(?, 'main') ORDER BY seqno");
  return indexes.some(({ name }) =>
    leads((partsOf.all(name) as { name: string | null }[]).map((part) => part.name)),
  );
}
