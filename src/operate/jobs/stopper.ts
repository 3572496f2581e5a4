import type { RunLogReader } from '../../hot/run-log.ts';
import type { Clock } from '../../model/clock.ts';
import { isUnavailable } from '../../model/retry.ts';
import { type LimitReached, type Limits, limitsOf, type Stop } from '../../model/stop.ts';
import { activePause, describePause } from '../schedule/pause-state.ts';

/** How often a run looks whether somebody paused it. */
const LOOK_EVERY_MS = 250;

/** What ended a run early; the kind is the run's outcome. */
export interface StopCause {
  readonly kind: LimitReached['kind'] | 'paused' | 'quiet';
  readonly reason: string;
}

export interface StopperOptions extends Limits {
  /** The end of the quiet hours it is now, in milliseconds since the epoch; null outside of them. */
  readonly quietUntil?: (now: number) => number | null;
}

/** Says between two transactions whether a run has to stop. Once it does, it stays by its reason. */
export class Stopper {
  readonly #clock: Clock;
  readonly #log: Pick<RunLogReader, 'pause'>;
  readonly #options: StopperOptions;
  readonly #limit: () => LimitReached | null;
  #cause: StopCause | null = null;
  #paused: string | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;

  constructor(clock: Clock, log: Pick<RunLogReader, 'pause'>, options: StopperOptions = {}) {
    this.#clock = clock;
    this.#log = log;
    this.#options = options;
    this.#limit = limitsOf(clock, options);
  }

  /** Why the run ended early; null when nothing told it to. */
  get cause(): StopCause | null {
    return this.#cause;
  }

  /** The reason to stop now, or null. A pause is seen one call after it was looked for, so that nobody waits here. */
  readonly check: Stop = () => {
    this.#cause ??= this.#judge();
    if (this.#cause === null && this.#clock.monotonic() - this.#lookedAt >= LOOK_EVERY_MS)
      this.#startLooking();
    return this.#cause?.reason ?? null;
  };

  /** The same, having looked for a pause: before a run begins. */
  async checkNow(): Promise<string | null> {
    this.#startLooking();
    await this.settled();
    return this.check();
  }

  /** Resolves when the last look is over; before the log is closed. */
  async settled(): Promise<void> {
    await this.#looking;
  }

  #judge(): StopCause | null {
    const limit = this.#limit();
    if (limit !== null) return limit;
    if (this.#paused !== null) return { kind: 'paused', reason: this.#paused };
    const end = this.#options.quietUntil?.(this.#clock.now()) ?? null;
    if (end === null) return null;
    return { kind: 'quiet', reason: `quiet_hours until ${new Date(end).toISOString()}` };
  }

  #startLooking(): void {
    this.#lookedAt = this.#clock.monotonic();
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
  }

  async #look(): Promise<void> {
    try {
      const pause = activePause(await this.#log.pause(), this.#clock.now());
      this.#paused = pause === null ? null : describePause(pause);
    } catch (error) {
      // Somebody holds the database just now; the next look is a quarter of a second away.
      if (!isUnavailable(error)) throw error;
    }
  }
}
