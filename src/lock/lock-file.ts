import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  statSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { FirnError } from '../model/errors.ts';
import type { HeldLock, LockHolder } from './lock-holder.ts';
import { isBusy, resultCode } from './result-code.ts';

/** Long enough for a process that only reads who holds the lock. */
const LOOK_MS = 300;
const ATTEMPTS = 5;
const NOT_A_DATABASE = 26;

/** A lock file says who holds the lock to whoever may read it, as what it guards does: only to its owner. */
const MODE = 0o600;

/**
 * Takes a lock: a small SQLite file in which the holder is written, and a write transaction that stays open. The operating system
 * ends the transaction with the process. The file stays when the lock is released, because removing it could take it from the next holder.
 * Returns the lock, or who has it (null: that cannot be read just now).
 * @param ownedLike the file or folder that the lock guards: the lock file gets its owner, where this process may give it away.
 * @throws what node:fs and node:sqlite throw.
 */
export function takeLockFile(
  path: string,
  holder: LockHolder,
  ownedLike: string,
): HeldLock | { readonly heldBy: LockHolder | null } {
  ensureFile(path, ownedLike);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: LOOK_MS });
    hold(db, holder);
    const held = db;
    return { holder, [Symbol.asyncDispose]: async () => void (held.isOpen && held.close()) };
  } catch (error) {
    const other = db !== undefined && isBusy(error) ? readHolder(db) : null;
    db?.close();
    if (resultCode(error) === NOT_A_DATABASE) throw noLockFile(path, error);
    if (!isBusy(error)) throw asLockError(error, path);
    return { heldBy: other };
  }
}

/** Who holds a lock, null when nobody does. Nothing appears by asking. Throws what node:sqlite throws. */
export function lockFileHolder(path: string): LockHolder | null {
  if (!existsSync(path)) return null;
  const url = pathToFileURL(path);
  url.search = '?mode=rw';
  using db = new DatabaseSync(url, { timeout: 0 });
  try {
    db.exec('BEGIN IMMEDIATE');
    return null;
  } catch (error) {
    if (!isBusy(error)) throw error;
    return readHolder(db);
  }
}

/** Makes the file with its mode before SQLite opens it; SQLite gives its journal the same mode. A link is not followed. */
function ensureFile(path: string, ownedLike: string): void {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = openSync(path, flags, MODE);
  try {
    const status = fstatSync(file);
    const { mode, uid } = status;
    if (!status.isFile()) throw noLockFile(path);
    // Whatever the umask and earlier versions made of it.
    if ((mode & 0o777) !== MODE) quietly(() => fchmodSync(file, MODE));
    const owner = statSync(ownedLike);
    // Root must not lock the owner out of a lock file.
    if (uid !== owner.uid) quietly(() => fchownSync(file, owner.uid, owner.gid));
  } finally {
    closeSync(file);
  }
}

/** A full disk and the like; every other error as it is. */
function asLockError(error: unknown, path: string): unknown {
  if (resultCode(error) === null) return error;
  return new FirnError('io', (error as Error).message, {
    operation: 'take the lock',
    path,
    hint: 'Check the space and the permissions of its folder.',
    cause: error,
  });
}

function noLockFile(path: string, cause?: unknown): FirnError {
  return new FirnError('refused', 'a file that is not a lock file has this name', {
    operation: 'take the lock',
    path,
    hint: 'Move the file away, and run again.',
    cause,
  });
}

/** Only the owner and root may: for others the file stays as it is. */
function quietly(change: () => void): void {
  try {
    change();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/**
 * What is committed can be read by others while the lock is held, so the holder is written in one transaction and the lock held by the
 * next. A process that comes between the two writes another holder, which is seen, and the writing begins again.
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
  throw new FirnError('unavailable', 'several runs try to start at the same time', {
    operation: 'take the lock',
  });
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
