import { FirnError } from '../../model/errors.ts';
import { stopIfTold, stopOn } from '../../model/stop.ts';

/**
 * The calls of one instance. Reading calls run at once; changing calls run one after the other, in the order in which they were made. Closing
 * stops all of them cleanly.
 */
export class Turns {
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #last: Promise<unknown> = Promise.resolve();

  /** A signal that also aborts when the instance is closed. Throws `interrupted` when the caller's has, `usage` when it is closed. */
  begin(operation: string, signal: AbortSignal | undefined): AbortSignal {
    if (this.#closing.signal.aborted) {
      throw new FirnError('usage', 'this instance of Firn is closed', {
        operation,
        hint: 'Open another one with openFirn.',
      });
    }
    stopIfTold(stopOn(signal), { operation });
    return signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
  }

  /** Reads. A signal ends the wait at once; what was opened is closed in any case. */
  async read<T>(
    operation: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = this.begin(operation, signal);
    return await unlessAborted(own, this.track(work(own)), operation);
  }

  /** Changes something, after the changing calls before it. */
  async change<T>(
    operation: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const own = this.begin(operation, signal);
    const before = this.#last;
    const turn = (async () => {
      await before.catch(() => undefined);
      stopIfTold(stopOn(own), { operation });
      return await work(own);
    })();
    this.#last = turn;
    return await this.track(turn);
  }

  /** Work that closing waits for. */
  async track<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /** Stops all calls, and resolves when they have ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}

async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>, operation: string): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(new FirnError('interrupted', 'stop requested', { operation }));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
