import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { BoundSurvey, BoundTables, DueRule, Survey } from '../hot/hot-store.ts';
import { startThread } from '../hot/start-thread.ts';
import type { Dangling } from '../model/policy/archive-plan.ts';
import type { Reference, TableShape } from '../model/shape.ts';
import { sizes } from '../model/sizes.ts';
import type { Copier, CopyTask, GroupTask, ProvenCopy, ProvenGroup } from './copier.ts';
import {
  type Answer,
  type PartGiven,
  type PartWanted,
  packError,
  type Request,
  type SentCopies,
  type SentCopy,
  unpackError,
} from './copy-protocol.ts';
import { unpackUnits } from './packed-units.ts';

/**
 * Copies in a thread of its own, one segment ahead of the drain. It is still starting when this returns; what is asked of it waits.
 * @param source the program of the thread.
 * @param stores what it opens them with.
 */
export function startWorkerCopier(source: URL, stores: object): Copier {
  // What it makes is mostly outside the heap; a small nursery keeps the heap small.
  const limits = { maxYoungGenerationSizeMb: 2 };
  return new WorkerCopier(startThread(source, { ...stores, sizes }, limits));
}

class WorkerCopier implements Copier {
  readonly #worker: Worker;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #dead: Error | null = null;
  #nextPart: GroupTask['nextPart'] | null = null;
  /** Numbers are given in the order in which they were asked for. */
  #giving: Promise<void> = Promise.resolve();

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (message: Answer | PartWanted) => {
      if ('wantsPartOf' in message) this.#giveParts(message.wantsPartOf);
      else this.#waiting.shift()?.resolve(message);
    });
    worker.on('error', (error: Error) => this.#die(error));
    worker.on('exit', () => this.#die(new Error('the copying thread ended')));
  }

  async survey(shape: TableShape, rule: DueRule): Promise<Survey> {
    return (await this.#ask({ ask: 'survey', shape, rule })) as Survey;
  }

  async surveyBound(bound: BoundTables): Promise<readonly BoundSurvey[]> {
    return (await this.#ask({ ask: 'surveyBound', bound })) as readonly BoundSurvey[];
  }

  async dangling(reference: Reference): Promise<Dangling> {
    return (await this.#ask({ ask: 'dangling', reference })) as Dangling;
  }

  async *copy(task: CopyTask): AsyncGenerator<ProvenCopy> {
    const { nextPart, ...sent } = task;
    await this.#ask({ ask: 'begin', task: sent });
    for await (const { copies } of this.#copies((_table, day) => nextPart(day)))
      yield this.#proven(copies[0]!);
  }

  async *copyGroups(task: GroupTask): AsyncGenerator<ProvenGroup> {
    const { nextPart, ...sent } = task;
    await this.#ask({ ask: 'beginGroups', task: sent });
    for await (const { copies } of this.#copies(nextPart))
      yield { copies: copies.map((copy) => ({ ...this.#proven(copy), unitOf: copy.unitOf! })) };
  }

  async *#copies(nextPart: GroupTask['nextPart']): AsyncGenerator<SentCopies> {
    this.#nextPart = nextPart;
    for (;;) {
      const next = (await this.#ask({ ask: 'next' })) as SentCopies | null;
      if (next === null) return;
      yield next;
    }
  }

  #proven({ receipt, units }: SentCopy): ProvenCopy {
    const { segment } = receipt;
    return {
      receipt,
      units: unpackUnits(units),
      publish: async (): Promise<void> => void (await this.#ask({ ask: 'publish', segment })),
      abandon: async (): Promise<void> => void (await this.#ask({ ask: 'abandon', segment })),
    };
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

  #giveParts({ table, day }: PartWanted['wantsPartOf']): void {
    this.#giving = this.#giving.then(async () => {
      try {
        this.#worker.postMessage({ part: await this.#nextPart!(table, day) } satisfies PartGiven);
      } catch (error) {
        this.#worker.postMessage({ noPart: packError(error) } satisfies PartGiven);
      }
    });
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#dead);
  }
}
