import type { Clock } from '../../model/clock.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { sizes } from '../../model/sizes.ts';

/** How long a drain's transaction aims to hold the write lock, and how long it then leaves the database to others. */
const ALONE = { holdMs: 80, rest: 0 };
const GENTLE = { holdMs: 6.5, rest: 2 };

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
 * somebody does. Large batches starve the writers beside us, whose lock waits are polled (shared/measured.md).
 */
export class Pacer {
  readonly #clock: Clock;
  /** Share of time we may hold the write lock at most, 0 < share <= 1. */
  readonly #share: number;
  #gentleUntil: number;
  #rows = sizes.firstDeletedRows;
  #aim = GENTLE;
  /** Milliseconds that a row held the lock in the last transactions of this aim. */
  #perRow: number[] = [];

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
  after(rows: number, heldMs: Milliseconds, othersWrote: boolean): number {
    if (othersWrote) this.#gentleUntil = this.#clock.monotonic() + LISTEN_MS;
    const aim = this.gentle ? GENTLE : ALONE;
    if (aim !== this.#aim) [this.#aim, this.#perRow] = [aim, []];
    if (rows > 0) {
      this.#perRow = [...this.#perRow, Math.max(heldMs, 0.1) / rows].slice(-REMEMBERED);
      const expected = this.#perRow.toSorted((a, b) => a - b)[Math.floor((this.#perRow.length - 1) * RANK)]!;
      // A batch may double at most.
      const { fewestDeletedRows: fewest, mostDeletedRows: most } = sizes;
      this.#rows = Math.round(Math.min(most, Math.max(fewest, Math.min(aim.holdMs / expected, rows * 2))));
    }
    return Math.max(heldMs * aim.rest, heldMs * (1 / this.#share - 1));
  }
}
