import type { Clock } from '../../model/clock.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { sizes } from '../../model/sizes.ts';

/** How long a transaction aims to hold the write lock while nobody else writes. */
const ALONE_HOLD_MS = 80;

/** How long after another connection's commit we go on being gentle. A run starts gentle, to listen first. */
const LISTEN_MS = 700;

/**
 * A row is taken to need what it needed in the slower ones of the last transactions, but not in the slowest: a disk that stalls once says
 * nothing of the next transaction.
 */
const REMEMBERED = 9;
const RANK = 2 / 3;

/**
 * Sizes write transactions by the clock: at full speed while nobody else commits, small and with rests as soon as
 * somebody does. The store leaves gaps between them.
 */
export class Pacer {
  readonly #clock: Clock;
  /** Share of time we may hold the write lock at most, 0 < share <= 1. */
  readonly #share: number;
  #gentleUntil: number;
  #rows = sizes.firstDeletedRows;
  readonly #gentleHoldMs: Milliseconds;
  #aim: Milliseconds;
  /** Milliseconds that a row held the lock in the last transactions of this aim. */
  #perRow: number[] = [];

  /** @param gentleHoldMs how long a transaction aims to hold the write lock while others write. */
  constructor(clock: Clock, gentleHoldMs: Milliseconds, share = 1) {
    this.#clock = clock;
    this.#gentleHoldMs = this.#aim = gentleHoldMs;
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
  after(rows: number, heldMs: Milliseconds, othersWrote: boolean): number {
    if (othersWrote) this.#gentleUntil = this.#clock.monotonic() + LISTEN_MS;
    const aim = this.gentle ? this.#gentleHoldMs : ALONE_HOLD_MS;
    if (aim !== this.#aim) [this.#aim, this.#perRow] = [aim, []];
    if (rows > 0) {
      this.#perRow = [...this.#perRow, Math.max(heldMs, 0.05) / rows].slice(-REMEMBERED);
      const expected = this.#perRow.toSorted((a, b) => a - b)[Math.floor((this.#perRow.length - 1) * RANK)]!;
      // A batch may double at most.
      const { fewestDeletedRows: fewest, mostDeletedRows: most } = sizes;
      this.#rows = Math.round(Math.min(most, Math.max(fewest, Math.min(aim / expected, rows * 2))));
    }
    return heldMs * (1 / this.#share - 1);
  }
}
