import { once } from 'node:events';
import { startThread } from '../../hot/start-thread.ts';
import type { Milliseconds } from '../../model/instant.ts';

/** What the writing thread is told. `stop[0]` becomes 1 when it shall end. */
export interface WriterOrder {
  readonly database: string;
  readonly perSecond: number;
  /** How long it writes, in milliseconds, unless it is ended before. */
  readonly forMs: Milliseconds;
  /** Its rows' ids begin with this, so that they can be told from the others. */
  readonly idPrefix: string;
  readonly stop: Int32Array<SharedArrayBuffer>;
}

/** How its inserts fared: the time each took, commit included. */
export interface WriterReport {
  /** How long it wrote. */
  readonly ms: Milliseconds;
  readonly rows: number;
  readonly medianMs: Milliseconds;
  readonly worstMs: Milliseconds;
}

/** Starts a writer beside the run; the returned function ends it, and may be called again. Resolves when it has begun. */
export async function startWriter(order: Omit<WriterOrder, 'stop'>): Promise<() => Promise<WriterReport>> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const source = new URL('./writer-worker.ts', import.meta.url);
  const worker = startThread(source, { ...order, stop } satisfies WriterOrder);
  await once(worker, 'message');
  const report = once(worker, 'message').then(([told]) => told as WriterReport);
  // Whoever ends the writer learns of its failure; until then it is nobody's unhandled rejection.
  report.catch(() => undefined);
  return () => {
    Atomics.store(stop, 0, 1);
    Atomics.notify(stop, 0);
    return report;
  };
}
