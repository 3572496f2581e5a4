import type { Clock } from '../model/clock.ts';

/** How long a drain's transaction aims to hold the write lock, and how long it then leaves the database to others. */
const ALONE = { holdMs: 80, rest: 0 };
const GENTLE = { holdMs: 6.5, rest: 2 };

/** How long after another connection's commit we go on being gentle. A run starts gentle, to listen first. */
const LISTEN_MS = 700;

/** Share of a new measurement in what a row is taken to need. */
const SLOWER = 0.5;
const FASTER = 0.2;

const FEWEST = 50;
const MOST = 20_000;

/**
 * Sizes write transactions by the clock: at full speed while nobody else commits, small and with rests as soon as
 * somebody does. Large batches starve the writers beside us, whose lock waits are polled (shared/measured.md).
 */
export class Pacer {
  readonly #clock: Clock;
  /** Share of time we may hold the write lock at most, 0 < share <= 1. */
  readonly #share: number;
  #gentleUntil: number;
  #rows = 200;
  /** Milliseconds that a row holds the lock, as far as seen. */
  #perRow: number | null = null;

  constructor(clock: Clock, share = 1) {
    this.#clock = clock;
    this.#share = share;
    this.#gentleUntil = clock.monotonic() + LISTEN_MS;
  }

  /** Rows for the next transaction. */
  get rows(): number {
    return this.#rows;
  }

  get gentle(): boolean {
    return this.#clock.monotonic() < this.#gentleUntil;
  }

  /** Learns from one transaction; returns how long to rest now, in milliseconds. */
  after(rows: number, heldMs: number, othersWrote: boolean): number {
    if (othersWrote) this.#gentleUntil = this.#clock.monotonic() + LISTEN_MS;
    const aim = this.gentle ? GENTLE : ALONE;
    if (rows > 0) {
      const seen = Math.max(heldMs, 0.1) / rows;
      const before = this.#perRow ?? seen;
      // Bad news count for more than good news: a batch that is too long is somebody's wait.
      this.#perRow = before + (seen - before) * (seen > before ? SLOWER : FASTER);
      // And a batch may double at most.
      this.#rows = Math.round(
        Math.min(MOST, Math.max(FEWEST, Math.min(aim.holdMs / this.#perRow, rows * 2))),
      );
    }
    return Math.max(heldMs * aim.rest, heldMs * (1 / this.#share - 1));
  }
}
