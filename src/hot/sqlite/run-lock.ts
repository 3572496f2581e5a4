import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FirnError } from '../../model/errors.ts';
import type { LockHolder, RunLock } from '../run-lock.ts';
import { asFirnError, isBusy } from './sqlite-error.ts';

/** lock: of the one run at a time. scheduler: of the one `firn run`, which lives on between its runs. */
type LockName = 'lock' | 'scheduler';

const OPERATION = 'take the run lock';
/** Long enough for someone who only looks who holds it. */
const LOOK_MS = 300;
const ATTEMPTS = 5;

/**
 * Takes the run lock of a database: a small SQLite file `<database>.firn-lock` beside it, in which the holder is written down, and a write
 * transaction that stays open: the operating system ends it with the process. The file stays when the lock is
 * released; removing it could take it from under the next holder.
 * @throws FirnError `locked` naming the holder, `not_found` when there is no such database.
 */
export async function acquireRunLock(
  databasePath: string,
  { command, since }: Pick<LockHolder, 'command' | 'since'>,
  name: LockName = 'lock',
): Promise<RunLock> {
  const path = lockPath(databasePath, name);
  const holder: LockHolder = { pid, host: hostname(), command, since };
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: LOOK_MS });
    hold(db, holder);
    const held = db;
    return { holder, [Symbol.asyncDispose]: async () => held.close() };
  } catch (error) {
    const other = db !== undefined && isBusy(error) ? readHolder(db) : null;
    db?.close();
    if (!isBusy(error)) throw asFirnError(error, OPERATION, path);
    throw taken(databasePath, other);
  }
}

/** Who holds the run lock, null when nobody does. Nothing appears by asking. */
export async function lockHolder(databasePath: string, name: LockName = 'lock'): Promise<LockHolder | null> {
  const path = lockPath(databasePath, name);
  if (!existsSync(path)) return null;
  const url = pathToFileURL(path);
  url.search = '?mode=rw';
  try {
    using db = new DatabaseSync(url, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE');
      return null;
    } catch (error) {
      if (!isBusy(error)) throw error;
      return readHolder(db);
    }
  } catch (error) {
    throw asFirnError(error, 'see who holds the run lock', path);
  }
}

/**
 * What is committed can be read by others while the lock is held, so the holder is written in one transaction and the lock held by the next. Whoever
 * comes between the two writes another holder, which is seen, and the writing begins again.
 */
function hold(db: DatabaseSync, holder: LockHolder): void {
  const token = randomUUID();
  db.exec('BEGIN IMMEDIATE');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    db.exec('CREATE TABLE IF NOT EXISTS holder (token TEXT, json TEXT); DELETE FROM holder');
    db.prepare('INSERT INTO holder VALUES (?, ?)').run(token, JSON.stringify(holder));
    db.exec('COMMIT; BEGIN IMMEDIATE');
    if (db.prepare('SELECT token FROM holder').get()?.token === token) return;
  }
  throw new FirnError('busy', 'several runs keep trying to start at once', { operation: OPERATION });
}

function readHolder(db: DatabaseSync): LockHolder | null {
  try {
    const row = db.prepare('SELECT json FROM holder').get() as { json: string } | undefined;
    return row === undefined ? null : (JSON.parse(row.json) as LockHolder);
  } catch {
    // It is just being written.
    return null;
  }
}

function taken(databasePath: string, other: LockHolder | null): FirnError {
  const who =
    other === null
      ? 'another run'
      : `${other.command} (process ${other.pid} on ${other.host}, since ${other.since})`;
  return new FirnError('locked', `${who} holds the lock`, {
    operation: OPERATION,
    path: databasePath,
    hint: 'Wait until it has ended. The lock ends with its process.',
  });
}

function lockPath(databasePath: string, name: LockName): string {
  if (existsSync(databasePath)) return `${realpathSync(databasePath)}.firn-${name}`;
  throw new FirnError('not_found', 'there is no such database', {
    operation: OPERATION,
    path: databasePath,
    hint: 'Check --db-path. Firn never creates a database.',
  });
}
