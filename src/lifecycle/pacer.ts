import type { Clock } from '../model/clock.ts';

/** How long a drain's transaction aims to hold the write lock, and how long it then leaves the database to others. */
const ALONE = { holdMs: 80, rest: 0 };
const GENTLE = { holdMs: 7, rest: 1.5 };

/** How long after another connection's commit we go on being gentle. A run starts gentle, to listen first. */
const LISTEN_MS = 700;

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
      const fitting = (rows * aim.holdMs) / Math.max(heldMs, 0.1);
      // A batch may double at most, so that one lucky measurement does not make the next one long.
      this.#rows = Math.round(Math.min(MOST, Math.max(FEWEST, Math.min(fitting, rows * 2))));
    }
    return Math.max(heldMs * aim.rest, heldMs * (1 / this.#share - 1));
  }
}
