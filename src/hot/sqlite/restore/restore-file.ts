import { closeSync, existsSync, openSync } from 'node:fs';
import { constants } from 'node:sqlite';
import { sqlite } from '../../../model/database/dialect.ts';
import { FirnError } from '../../../model/errors.ts';
import { type Column, generatedIn, type TableShape, withGenerated } from '../../../model/shape.ts';
import { sizes } from '../../../model/sizes.ts';
import { requireOwnPath } from '../../own-path.ts';
import type { RestoreTarget } from '../../restore-target.ts';
import { type Connection, openForWriting } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { writeTransaction } from '../connection/write-transaction.ts';
import { originOf } from '../ledger/leases.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { introspect } from '../sql/introspect.ts';
import { type Origins, RowInserter } from './insert-rows.ts';

const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens a database file of its own for restored rows, and makes it when it is not there. Tables are created as their
 * segments describe them, with their indexes and without their triggers: nothing acts on restored rows. Foreign keys are not enforced.
 * @param notThis the hot database, which must not be taken for it.
 */
export function openRestoreFile(path: string, notThis: string): RestoreTarget {
  requireOwnPath(
    path,
    { database: notThis },
    { operation: 'open the database to restore into', inPlace: true },
  );
  // An empty file is an empty database.
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
  return restoreFile(openForWriting(path, BUSY_TIMEOUT_MS), path);
}

/**
 * The same of an empty file that gets its name when it is whole. Nothing is synced, and the journal is in memory: if the process dies, the file is
 * worth nothing.
 * @param name of the file to be, for messages.
 */
export function openNewRestoreFile(temporary: string, name: string): RestoreTarget {
  const connection = openForWriting(temporary, BUSY_TIMEOUT_MS);
  connection.db.exec(
    'PRAGMA page_size = 8192; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -32000',
  );
  return restoreFile(connection, name);
}

function restoreFile(connection: Connection, name: string): RestoreTarget {
  const { db } = connection;
  const indexes = new Set<string>();
  const write = <T>(operation: string, action: () => T): T => writeTransaction(connection, operation, action);
  return {
    name,
    dialect: sqlite,
    isHot: false,
    batchRows: sizes.restoredFileRows,

    prepare: async (shape) =>
      write(`create the table ${shape.table}`, () => {
        const columns = generatedIn(shape.columns);
        const look = (): TableShape | null => {
          const found = introspect(connection, shape.table)?.shape ?? null;
          return found === null ? null : withGenerated(found, columns);
        };
        const present = look();
        for (const statement of shape.ddl.slice(1))
          if (/^\s*CREATE\s+(UNIQUE\s+)?INDEX\b/i.test(statement)) indexes.add(statement);
        const added = present === null ? [] : missing(shape, present);
        if (present === null) create(connection, shape);
        for (const column of added) widen(connection, shape.table, column);
        return { shape: look()!, added: added.map(({ name }) => name) };
      }),

    insert: async (shape, lines, how) =>
      write(`insert rows into ${shape.table}`, () => {
        const table = tableOf(connection, shape);
        const inserter = new RowInserter(connection, table, how, origins(connection, shape));
        return { outcomes: lines.map((line) => inserter.insert(line)), converted: inserter.converted };
      }),

    finish: async () => {
      const failed: string[] = [];
      for (const statement of indexes) {
        try {
          write('create an index', () => execute(connection, statement));
        } catch (error) {
          if (!/already exists/.test((error as Error).message))
            failed.push(`${(error as Error).message}: ${statement}`);
        }
      }
      db.exec('ANALYZE');
      return failed;
    },

    [Symbol.asyncDispose]: async () => db.close(),
  };
}

function missing(wanted: TableShape, present: TableShape): Column[] {
  return wanted.columns.filter(({ name }) => !present.columns.some((own) => sqlite.sameName(own.name, name)));
}

function create(connection: Connection, shape: TableShape): void {
  const [statement] = shape.ddl;
  if (statement !== undefined && /^\s*CREATE\s+TABLE\b/i.test(statement)) execute(connection, statement);
  if (introspect(connection, shape.table) !== null) return;
  throw new FirnError('integrity', 'its segment does not have the full schema of the table', {
    operation: `create the table ${shape.table}`,
    path: connection.path,
  });
}

/** The type may be anything the host wrote: it is kept when SQLite reads nothing but a type in it. */
function widen({ db }: Connection, table: string, { name, type }: Column): void {
  const plain =
    /^[\p{L}\p{N}_ ]*(\(\s*[+-]?\d+\s*(,\s*[+-]?\d+\s*)?\))?$/u.test(type) &&
    !/\b(DEFAULT|CHECK|REFERENCES|GENERATED|AS|UNIQUE|PRIMARY|NOT|COLLATE|CONSTRAINT)\b/i.test(type);
  db.exec(`ALTER TABLE main.${quoteName(table)} ADD COLUMN ${quoteName(name)} ${plain ? type : ''}`);
}

const ALLOWED = new Set([
  constants.SQLITE_CREATE_TABLE,
  constants.SQLITE_CREATE_INDEX,
  constants.SQLITE_REINDEX,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_READ,
  constants.SQLITE_TRANSACTION,
]);
const SCHEMA = new Set(['sqlite_master', 'sqlite_schema', 'sqlite_sequence']);
const IN_SCHEMA = new Set([constants.SQLITE_INSERT, constants.SQLITE_UPDATE]);

/** Runs one statement of an archive, which is data and not to be trusted: it may make a table or an index, and nothing else. */
function execute({ db }: Connection, statement: string): void {
  db.setAuthorizer((action, first) => {
    const allowed = ALLOWED.has(action) || (IN_SCHEMA.has(action) && SCHEMA.has(first ?? ''));
    return allowed ? constants.SQLITE_OK : constants.SQLITE_DENY;
  });
  try {
    // Unlike `exec`, it takes one statement only.
    db.prepare(statement).run();
  } finally {
    db.setAuthorizer(null);
  }
}

/** Remembers, in the file itself, the lines that rows without a key came from. */
function origins({ db }: Connection, { table }: TableShape): Origins {
  const prepare = (sql: string): ReturnType<typeof db.prepare> => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS main._firn_restored ("table" TEXT, origin BLOB, rows INTEGER, PRIMARY KEY ("table", origin)) WITHOUT ROWID',
    );
    return db.prepare(sql);
  };
  return {
    count: (line) => {
      const found = prepare('SELECT rows FROM main._firn_restored WHERE "table" = ? AND origin = ?');
      return (found.get(table, originOf(line)) as { rows: number } | undefined)?.rows ?? 0;
    },
    vacate: () => undefined,
    add: (line) => {
      prepare(
        'INSERT INTO main._firn_restored VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET rows = rows + 1',
      ).run(table, originOf(line));
    },
  };
}
