import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Answer, type Request, unpackError } from './copy-protocol.ts';
import type { DrainUnit, DueRule, Survey } from './hot/hot-store.ts';
import type { Receipt } from './hot/ledger.ts';
import type { Copier, CopyTask, ProvenCopy } from './lifecycle/copier.ts';
import type { TableShape } from './model/shape.ts';

/**
 * A thread does not inherit the cache of the main thread, and without it loading takes longer than a small run. This is said in
 * JavaScript: for a TypeScript file of its own Node would load its compiler into the thread, which takes 17 MB and 0.1 s.
 */
const CACHED = "require('node:module').enableCompileCache();";

/** Copies in a thread of its own, one segment ahead of the drain. It is still starting when this returns; what is asked of it waits. */
export function startWorkerCopier(databasePath: string, archivePath: string): Copier {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const thread = new URL(`./copy-thread.${extension}`, import.meta.url);
  const worker = new Worker(`${CACHED}import(${JSON.stringify(thread.href)})`, {
    eval: true,
    workerData: { databasePath, archivePath },
    // What it makes is mostly outside the heap; a small nursery keeps the heap small.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  return new WorkerCopier(worker);
}

class WorkerCopier implements Copier {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #dead: Error | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#waiting.shift()?.resolve(answer));
    worker.on('error', (error: Error) => this.#die(error));
    worker.on('exit', () => this.#die(new Error('the copying thread ended')));
  }

  async survey(shape: TableShape, rule: DueRule): Promise<Survey> {
    return (await this.#ask({ ask: 'survey', shape, rule })) as Survey;
  }

  async *copy(task: CopyTask): AsyncGenerator<ProvenCopy> {
    await this.#ask({ ask: 'begin', task });
    for (;;) {
      const next = (await this.#ask({ ask: 'next' })) as { receipt: Receipt; units: DrainUnit[] } | null;
      if (next === null) return;
      const { segment } = next.receipt;
      yield {
        ...next,
        publish: async (): Promise<void> => void (await this.#ask({ ask: 'publish', segment })),
        abandon: async (): Promise<void> => void (await this.#ask({ ask: 'abandon', segment })),
      };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#dead === null) {
      const ended = once(this.#worker, 'exit');
      await this.#ask({ ask: 'close' });
      await ended;
    }
  }

  async #ask(request: Request): Promise<unknown> {
    if (this.#dead !== null) throw this.#dead;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting.push({ resolve, reject });
    this.#worker.postMessage(request);
    const answer = await promise;
    if ('failed' in answer) throw unpackError(answer.failed);
    return answer.ok;
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#dead);
  }
}
