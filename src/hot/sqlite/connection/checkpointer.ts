import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../start-thread.ts';

/** Moves the write-ahead log into the database in a thread of its own, which begins with the first request. */
export interface Checkpointer {
  /** Asks for one PASSIVE checkpoint, unless one is under way. */
  request(): void;
  /**
   * Asks for one after each transaction: to be called after each. Nearly always one is under way then, which keeps other connections from
   * checkpointing at their own commits.
   */
  follow(): void;
  isAtWork(): boolean;
  /** Resolves when none is under way, and no transaction is followed any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** What the thread is told: one checkpoint, one after each transaction until they cease or it is told to stop, or to end. */
export type CheckpointRequest = 'one' | 'follow' | 'close';

/** @param databasePath of an existing database in WAL mode. */
export function checkpointer(databasePath: string): Checkpointer {
  let worker: Worker | null = null;
  let failed = false;
  let underWay: PromiseWithResolvers<void> | null = null;
  // How many transactions there were to follow, and whether to stop following.
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const signal = (stop: 0 | 1): void => {
    Atomics.store(shared, 1, stop);
    Atomics.add(shared, 0, 1);
    Atomics.notify(shared, 0);
  };
  const send = (message: CheckpointRequest): void => {
    if (failed || underWay !== null) return;
    worker ??= start();
    underWay = Promise.withResolvers();
    // Only while there is something to wait for may the thread keep the process alive.
    worker.ref();
    worker.postMessage(message);
  };
  const settle = (): void => {
    worker?.unref();
    underWay?.resolve();
    underWay = null;
  };

  async function idle(): Promise<void> {
    signal(1);
    await underWay?.promise;
  }

  function start(): Worker {
    const source = new URL('./checkpoint-thread.ts', import.meta.url);
    const started = startThread(
      source,
      { databasePath, shared },
      { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    );
    started.on('message', settle);
    // Without the thread, the deleting connection checkpoints when the log is full.
    started.on('error', () => {
      failed = true;
    });
    started.on('exit', () => {
      worker = null;
      settle();
    });
    return started;
  }

  return {
    request: () => send('one'),
    follow: () => {
      signal(0);
      send('follow');
    },
    isAtWork: () => underWay !== null,
    idle,
    close: async () => {
      await idle();
      if (worker === null) return;
      const ended = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
}
