import {
  accessSync,
  closeSync,
  existsSync,
  constants as fileMode,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { constants, DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FirnError } from '../../../model/errors.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import type { LockTurns } from './lock-turns.ts';
import { asOpeningError, guard } from './sqlite-error.ts';
import { defineValueFunctions, type TextEncoding } from './value-functions.ts';

/** An open database, and what decides how its values are read. */
export interface Connection {
  readonly db: DatabaseSync;
  /** As given, for messages. */
  readonly path: string;
  readonly encoding: TextEncoding;
  /** Every change to the database is denied by an authorizer. */
  readonly isDenied?: boolean;
  /** Whether triggers of a table may write what they like when its rows are deleted; none may when missing. */
  readonly allowsTriggers?: (table: string) => boolean;
  /** When it may take the write lock; at once when missing. */
  readonly turns?: LockTurns;
}

const OPERATION = 'open the database';
const READER_TIMEOUT_MS = 5_000;

/**
 * Opens an existing database for reading, and leaves its folder as it was: a read-only connection to a database in WAL mode
 * leaves `-wal` and `-shm` behind when they are not there yet, a read-write one removes them again, so that one is used then, with
 * every change to the database denied by an authorizer. Where neither can be (a write-ahead log's database in a folder that may not be written),
 * the file is read as it stands, without locks: nobody is writing to it then, for their log would be there.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no database.
 */
export function openForReading(path: string): Connection {
  const real = existingFile(path);
  const shared = existsSync(`${real}-wal`);
  const mode = shared ? 'ro' : isSealedOff(real) ? 'immutable' : 'rw';
  const connection = open(path, real, mode, READER_TIMEOUT_MS);
  guard(OPERATION, path, () => {
    connection.db.exec('PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -2000; PRAGMA cache_size = -2000');
  });
  if (shared) return connection;
  connection.db.setAuthorizer(denyChanges);
  return { ...connection, isDenied: true };
}

/**
 * Opens an existing database for archiving. Its journal mode and settings stay as they are; foreign keys are not enforced on this
 * connection, and it never checkpoints by itself.
 * @throws FirnError as `openForReading` does.
 */
export function openForWriting(
  path: string,
  busyTimeoutMs: Milliseconds,
  allowsTriggers?: (table: string) => boolean,
): Connection {
  const connection = open(path, existingFile(path), 'rw', busyTimeoutMs);
  guard(OPERATION, path, () => {
    connection.db.exec(
      'PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -4000; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 0',
    );
  });
  return allowsTriggers === undefined ? connection : { ...connection, allowsTriggers };
}

function existingFile(path: string): string {
  const details = { operation: OPERATION, path, hint: 'Check --db-path. Firn never creates a database.' };
  if (!existsSync(path)) throw new FirnError('not_found', 'database not found', details);
  if (!statSync(path).isFile()) throw new FirnError('not_found', 'the path is not a file', details);
  return realpathSync(path);
}

/** True for a database in WAL mode that we could only read by making files that we may not make. */
function isSealedOff(real: string): boolean {
  return !(mayWrite(real) && mayWrite(dirname(real))) && isInWalMode(real);
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, fileMode.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The file format's write version, byte 18 of the header, is 2. A file that cannot be read is left to SQLite to complain about. */
function isInWalMode(real: string): boolean {
  const header = Buffer.alloc(20);
  try {
    const descriptor = openSync(real, 'r');
    try {
      readSync(descriptor, header, 0, header.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
  return header[18] === 2;
}

function open(path: string, real: string, mode: 'ro' | 'rw' | 'immutable', timeout: number): Connection {
  const url = pathToFileURL(real);
  // mode=rw, unlike node:sqlite's default, does not create.
  url.search = mode === 'immutable' ? '?mode=ro&immutable=1' : `?mode=${mode}`;
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(url, {
      timeout,
      readOnly: mode !== 'rw',
      enableForeignKeyConstraints: false,
      // The host's triggers and indexes may have been written with them.
      enableDoubleQuotedStringLiterals: true,
    });
  } catch (error) {
    throw asOpeningError(error, OPERATION, path);
  }
  try {
    // The first read: an encrypted file, or one that is no database, is found out here.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    const { encoding } = db.prepare('PRAGMA encoding').get() as { encoding: TextEncoding };
    requireExactReals(db, path);
    defineValueFunctions(db, encoding);
    return { db, path, encoding };
  } catch (error) {
    db.close();
    throw asOpeningError(error, OPERATION, path);
  }
}

/** SQLite before 3.53.2 writes 0.1 + 0.2 as 0.3: no line may be written by such a one. */
function requireExactReals(db: DatabaseSync, path: string): void {
  const { reals } = db.prepare('SELECT json_array(0.1 + 0.2) AS reals').get() as { reals: string };
  if (reals === '[0.30000000000000004]') return;
  throw new FirnError(
    'database',
    'the SQLite library of this Node.js version does not write real numbers exactly',
    {
      operation: OPERATION,
      path,
      hint: 'Use an official build of Node.js 24 (24.19 or later) or 26 (26.4 or later).',
    },
  );
}

const READS = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
  constants.SQLITE_TRANSACTION,
  constants.SQLITE_PRAGMA,
]);

/** The program of a statement, as EXPLAIN gives it; it is not executed, so that it is no change. */
export function explainStatement({ db, isDenied = false }: Connection, sql: string): readonly unknown[] {
  // The authorizer is asked when a statement is prepared.
  if (isDenied) db.setAuthorizer(null);
  try {
    return db.prepare(`EXPLAIN ${sql}`).all(null);
  } finally {
    if (isDenied) db.setAuthorizer(denyChanges);
  }
}

function denyChanges(
  action: number,
  _first: string | null,
  second: string | null,
  database: string | null,
): number {
  if (action === constants.SQLITE_PRAGMA) {
    const question = second === null || !SETTINGS.has(_first ?? '');
    return question ? constants.SQLITE_OK : constants.SQLITE_DENY;
  }
  return READS.has(action) || database === 'temp' ? constants.SQLITE_OK : constants.SQLITE_DENY;
}

/** Pragmas that change the file when they are given a value. */
const SETTINGS = new Set([
  'journal_mode',
  'user_version',
  'application_id',
  'auto_vacuum',
  'page_size',
  'encoding',
]);
