import { type Channel, channel } from 'node:diagnostics_channel';
import type { DatabaseSync } from 'node:sqlite';
import { isBusy } from '../../../lock/result-code.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { guard } from './sqlite-error.ts';

/** What SQLite's busy handler waits between two attempts to get a lock; the last one again and again (sqliteDefaultBusyCallback). */
const RETRIES: readonly Milliseconds[] = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100];
/** So much later than asked for does a waiting connection wake up. */
const LATE_MS = 0.15;
/** Between two attempts of ours. */
const POLL_MS = 0.25;

/** How long the lock must be free after it was held, so that whoever began to wait meanwhile finds it free at the next attempt. */
export function gapAfter(heldMs: Milliseconds): Milliseconds {
  let tried = 0;
  for (const delay of RETRIES) {
    tried += delay;
    if (heldMs < tried) return delay + LATE_MS;
  }
  return RETRIES.at(-1)! + LATE_MS;
}

/** Told of each write transaction `{ heldMs, waitedMs }`: how long the lock was held and, while others write, waited for. */
export const lockHolds: Channel = channel('firn:sqlite:lock-held');

/** Time as it is needed for waits that are too short for timers. */
export interface ShortWaits {
  /** Milliseconds of a clock that never jumps. */
  monotonic(): Milliseconds;
  /** Returns after `ms`; nothing else of this thread runs meanwhile. */
  pause(ms: Milliseconds): void;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

export const shortWaits: ShortWaits = {
  monotonic: () => performance.now(),
  pause: (ms) => void Atomics.wait(sleeper, 0, 0, ms),
};

/** When the connection may take the write lock. While others write, a gap is left between two of its transactions. */
export class LockTurns {
  readonly #db: DatabaseSync;
  readonly #time: ShortWaits;
  readonly #isBesideWriters: () => boolean;
  readonly #timeout: Milliseconds;
  #taken: Milliseconds | null = null;
  #freed = Number.NEGATIVE_INFINITY;
  #waitedMs = 0;
  /** How long the last transaction held the lock. */
  heldMs: Milliseconds = 0;

  constructor(db: DatabaseSync, time: ShortWaits, isBesideWriters: () => boolean) {
    [this.#db, this.#time, this.#isBesideWriters] = [db, time, isBesideWriters];
    this.#timeout = (db.prepare('PRAGMA busy_timeout').get() as { timeout: number }).timeout;
  }

  /** Waits for the end of the gap, if one is to be left, and begins a write transaction. */
  begin(): void {
    this.#waitedMs = this.#isBesideWriters() ? this.#takeAfterGap() : this.#takeAtOnce();
    this.#taken = this.#time.monotonic();
  }

  /** After COMMIT or ROLLBACK, or when the lock was not to be had. */
  end(): void {
    if (this.#taken === null) return;
    this.#freed = this.#time.monotonic();
    this.heldMs = this.#freed - this.#taken;
    this.#taken = null;
    if (lockHolds.hasSubscribers) lockHolds.publish({ waitedMs: this.#waitedMs, heldMs: this.heldMs });
  }

  #takeAtOnce(): Milliseconds {
    this.#db.exec('BEGIN IMMEDIATE');
    return 0;
  }

  /** Attempts follow each other more closely than SQLite's, which would leave the lock free for milliseconds. */
  #takeAfterGap(): Milliseconds {
    const left = this.#freed + gapAfter(this.heldMs) - this.#time.monotonic();
    if (left > 0) this.#time.pause(left);
    const asked = this.#time.monotonic();
    this.#db.exec('PRAGMA busy_timeout = 0');
    try {
      for (let paused = 0; ; paused += POLL_MS) {
        const waited = Math.max(paused, this.#time.monotonic() - asked);
        try {
          this.#db.exec('BEGIN IMMEDIATE');
          return waited;
        } catch (error) {
          if (!isBusy(error) || waited >= this.#timeout) throw error;
        }
        this.#time.pause(POLL_MS);
      }
    } finally {
      this.#db.exec(`PRAGMA busy_timeout = ${this.#timeout}`);
    }
  }
}

/** An open database and its path, for messages. */
interface Located {
  readonly db: DatabaseSync;
  readonly path: string;
}

/** How long after another connection's commit others count as writing. */
const RECENT_MS = 1000;

/** Finds out whether other connections commit. */
export class OtherWriters {
  readonly #version: () => number;
  readonly #monotonic: () => Milliseconds;
  #seen: number;
  #unreported = false;
  #at: Milliseconds | null = null;

  constructor({ db, path }: Located, monotonic: () => Milliseconds) {
    const dataVersion = db.prepare('PRAGMA data_version');
    const read = (): number => (dataVersion.get() as { data_version: number }).data_version;
    // Where there is no write-ahead log, it waits for others' locks like any read.
    this.#version = () => guard('check for other writers', path, read);
    this.#monotonic = monotonic;
    this.#seen = this.#version();
  }

  /** Changes when another connection commits, and only then. */
  version(): number {
    return this.#version();
  }

  /** Whether one was seen to have committed a short while ago; nothing is read. */
  isRecent(): boolean {
    return this.#at !== null && this.#monotonic() - this.#at < RECENT_MS;
  }

  /** Notices commits since the last look. */
  look(): void {
    const now = this.#version();
    if (now === this.#seen) return;
    this.#seen = now;
    [this.#unreported, this.#at] = [true, this.#monotonic()];
  }

  /** Whether one has committed since this was asked last. */
  haveWritten(): boolean {
    this.look();
    const wrote = this.#unreported;
    this.#unreported = false;
    return wrote;
  }
}
