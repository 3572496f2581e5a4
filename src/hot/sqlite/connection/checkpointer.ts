import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../start-thread.ts';

/** Moves the write-ahead log into the database in a thread of its own, which begins with the first request. */
export interface Checkpointer {
  /** Asks for one PASSIVE checkpoint, unless one is under way. */
  request(): void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** @param databasePath of an existing database in WAL mode. */
export function checkpointer(databasePath: string): Checkpointer {
  let worker: Worker | null = null;
  let failed = false;
  let underWay: PromiseWithResolvers<void> | null = null;
  const settle = (): void => {
    worker?.unref();
    underWay?.resolve();
    underWay = null;
  };

  function start(): Worker {
    const source = new URL('./checkpoint-thread.ts', import.meta.url);
    const started = startThread(
      source,
      { databasePath },
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
    request: () => {
      if (failed || underWay !== null) return;
      worker ??= start();
      underWay = Promise.withResolvers();
      // Only while there is something to wait for may the thread keep the process alive.
      worker.ref();
      worker.postMessage('go');
    },
    idle: async () => await underWay?.promise,
    close: async () => {
      await underWay?.promise;
      if (worker === null) return;
      const ended = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
}
