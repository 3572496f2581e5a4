import type { Connection } from './connection.ts';
import { isBusy } from './sqlite-error.ts';

/** How large the log may grow while nobody else writes; checkpoints are dear, because they write the same index pages again and again. */
const QUIET_BYTES = 48 << 20;
/** Beyond this the log is made to start over, which waits for readers for at most `RESTART_MS`. */
const RESTART_BYTES = 96 << 20;
const RESTART_MS = 20;

/** Care for the write-ahead log on the connection that deletes. In other journal modes every method but `durably` does nothing. */
export interface WriteAheadLog {
  /** True while others write: checkpoints then come after every transaction and are short. */
  gentle: boolean;
  checkpoint(): void;
  /** Moves what can be moved, however little it is. */
  flush(): void;
  /**
   * Runs a write that must survive a power cut once it has returned. Drains need not: what a lost commit brings back, rows and ledger
   * together, the sealed segment settles again.
   */
  durably<T>(action: () => T): T;
}

export function writeAheadLog({ db }: Connection): WriteAheadLog {
  const { journal_mode: mode } = db.prepare('PRAGMA main.journal_mode').get() as { journal_mode: string };
  if (mode !== 'wal') {
    // FULL would not sync the folder once the journal is removed: a power cut could bring it back, and undo the commit.
    db.exec('PRAGMA synchronous = EXTRA');
    return { gentle: false, checkpoint: () => {}, flush: () => {}, durably: (action) => action() };
  }
  db.exec('PRAGMA synchronous = NORMAL');
  const { page_size: pageBytes } = db.prepare('PRAGMA main.page_size').get() as { page_size: number };
  const { timeout } = db.prepare('PRAGMA busy_timeout').get() as { timeout: number };
  const log: WriteAheadLog = {
    gentle: false,
    checkpoint: () => {
      const before = run('NOOP');
      const [all, unmoved] = [before.log * pageBytes, (before.log - before.checkpointed) * pageBytes];
      if (unmoved === 0 || (!log.gentle && unmoved < QUIET_BYTES)) return;
      const after = run('PASSIVE');
      if (after.log !== after.checkpointed || all < RESTART_BYTES) return;
      db.exec(`PRAGMA busy_timeout = ${RESTART_MS}`);
      try {
        run('RESTART');
      } finally {
        db.exec(`PRAGMA busy_timeout = ${timeout}`);
      }
    },
    flush: () => {
      run('PASSIVE');
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

  /** Pages in the log since it last started over, and how many of them have been moved. */
  function run(how: 'NOOP' | 'PASSIVE' | 'RESTART'): { readonly log: number; readonly checkpointed: number } {
    try {
      return db.prepare(`PRAGMA main.wal_checkpoint(${how})`).get() as { log: number; checkpointed: number };
    } catch (error) {
      if (isBusy(error)) return { log: 0, checkpointed: 0 };
      throw error;
    }
  }
  return log;
}
