import { isBusy } from '../../../lock/result-code.ts';
import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import type { BesideOthers } from '../../hot-capabilities.ts';
import { checkpointer } from './checkpointer.ts';
import type { Connection } from './connection.ts';
import { asFirnError } from './sqlite-error.ts';

/** Sizes in bytes. */
export interface LogLimits {
  /** What waits in the log to be moved, before a checkpoint is asked for. */
  readonly backlog: number;
  /** The log is made to start over when it is so large. */
  readonly log: number;
}

/**
 * Checkpoints are dear, because they write the same index pages again and again: a long log saves many of them. What a newcomer's own
 * first checkpoint would have to move is the backlog, and ours is nearly always under way, which makes theirs do nothing.
 */
const alone = (): LogLimits => ({ backlog: sizes.logBacklogBytes, log: sizes.logBytes });
/** While others write. */
const gently = (): LogLimits => ({ backlog: sizes.gentleLogBacklogBytes, log: sizes.gentleLogBytes });

/** How long the log may be kept from starting over by readers, before we wait for them, and for how long. */
const PATIENCE = 1.25;
const RESTART_MS = 2;

/** SQLite's busy handler tries again after 1 ms: what is held shorter is free by then. */
const UNNOTICED_HOLD_MS = 0.9;
/** One sync takes most of it. The next attempt comes 2 ms after the first. */
const DURABLE_HOLD_MS = 2.9;
/** Each commit syncs several times. */
const JOURNAL_HOLD_MS = 6.5;

/** See `BesideOthers`. */
export function gentleHoldMs({ db }: Connection): BesideOthers['gentleHoldMs'] {
  if (!hasLog(db)) return { plain: JOURNAL_HOLD_MS, durable: JOURNAL_HOLD_MS };
  return { plain: UNNOTICED_HOLD_MS, durable: DURABLE_HOLD_MS };
}

function hasLog(db: Connection['db']): boolean {
  const { journal_mode: mode } = db.prepare('PRAGMA main.journal_mode').get() as { journal_mode: string };
  return mode === 'wal';
}

/** Care for the write-ahead log on the connection that deletes. In other journal modes every method but `durably` does nothing. */
export interface WriteAheadLog {
  /** To be called after each transaction; `gentle` while others write: the log is then kept short. Waits only when it is full. */
  checkpoint(gentle: boolean): Promise<void>;
  /** Moves what can be moved, gives the log's disk space back if nobody has to wait for it, and ends the thread. */
  close(): Promise<void>;
  /**
   * Runs a write that must survive a power cut once it has returned. Drains need not: what a lost commit brings back, rows and ledger
   * together, the sealed segment settles again.
   */
  durably<T>(action: () => T): T;
}

export function writeAheadLog(
  { db, path }: Connection,
  limits: { readonly alone: LogLimits; readonly gentle: LogLimits } = { alone: alone(), gentle: gently() },
): WriteAheadLog {
  if (!hasLog(db)) {
    // FULL would not sync the folder once the journal is removed: a power cut could bring it back, and undo the commit.
    db.exec('PRAGMA synchronous = EXTRA');
    const nothing = async (): Promise<void> => {};
    return { checkpoint: nothing, close: nothing, durably: (action) => action() };
  }
  db.exec('PRAGMA synchronous = NORMAL');
  const { page_size: pageBytes } = db.prepare('PRAGMA main.page_size').get() as { page_size: number };
  const { timeout } = db.prepare('PRAGMA busy_timeout').get() as { timeout: number };
  const thread = checkpointer(db.location()!);
  return {
    checkpoint: async (gentle) => {
      const { backlog, log: most } = gentle ? limits.gentle : limits.alone;
      const now = run('NOOP');
      const isDue = (now.log - now.checkpointed) * pageBytes >= backlog;
      if (gentle && (isDue || thread.isAtWork())) thread.follow();
      else if (isDue) thread.request();
      if (now.log * pageBytes < most) return;
      await thread.idle();
      const moved = run('PASSIVE');
      if (moved.log === moved.checkpointed && now.log * pageBytes > most * PATIENCE) hurried('RESTART');
    },
    close: async () => {
      await thread.close();
      const moved = run('PASSIVE');
      if (moved.log > 0 && moved.log === moved.checkpointed) hurried('TRUNCATE');
    },
    durably: (action) => {
      db.exec('PRAGMA synchronous = FULL');
      try {
        return action();
      } finally {
        db.exec('PRAGMA synchronous = NORMAL');
      }
    },
  };

  /** A checkpoint that others wait for. */
  function hurried(how: 'RESTART' | 'TRUNCATE'): void {
    db.exec(`PRAGMA busy_timeout = ${RESTART_MS}`);
    try {
      run(how);
    } finally {
      db.exec(`PRAGMA busy_timeout = ${timeout}`);
    }
  }

  /** Pages in the log since it last started over, and how many of them have been moved. */
  function run(how: 'NOOP' | 'PASSIVE' | 'RESTART' | 'TRUNCATE'): {
    readonly log: number;
    readonly checkpointed: number;
  } {
    try {
      return db.prepare(`PRAGMA main.wal_checkpoint(${how})`).get() as { log: number; checkpointed: number };
    } catch (error) {
      if (isBusy(error)) return { log: 0, checkpointed: 0 };
      throw notMoved(error, path);
    }
  }
}

/** What was committed is in the log, which SQLite reads like the database itself. */
function notMoved(error: unknown, path: string): unknown {
  const known = asFirnError(error, 'move the write-ahead log into the database', path);
  if (!(known instanceof FirnError)) return known;
  return new FirnError(known.code, known.message, {
    operation: known.operation,
    path,
    hint: 'Nothing is lost: committed changes are in the write-ahead log next to the database. Free disk space, then run again.',
    cause: error,
  });
}
