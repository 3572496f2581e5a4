import type { ModelAnswer } from '../model/answer.ts';
import type { BucketState } from '../model/bucket-state.ts';
import { rawRequest, responseOf } from '../model/model-fetch.ts';
import type { RawRequest, S3Model } from '../model/s3-model.ts';
import type { FaultInjector, FaultyServer } from './fault-injector.ts';

/** As many states of the bucket are remembered for stale lists. */
const REMEMBERED = 12;

/** A model as a server whose lists may be out of date. */
export class RememberingModel implements FaultyServer {
  readonly #model: S3Model;
  readonly #states: BucketState[] = [];

  constructor(model: S3Model) {
    this.#model = model;
    this.changed();
  }

  async handle(request: RawRequest): Promise<ModelAnswer> {
    return this.#model.handle(request);
  }

  handleStale(request: RawRequest, changes: number): ModelAnswer | null {
    const state = this.#states.at(-1 - changes);
    return state === undefined ? null : this.#model.handle(request, state);
  }

  changed(): void {
    const now = this.#model.state;
    if (this.#states.at(-1)?.print() === now.print()) return;
    this.#states.push(now.copy());
    if (this.#states.length > REMEMBERED) this.#states.shift();
  }
}

/** `fetch` through an injector. It fails as Node's does. */
export function faultyFetch(injector: FaultInjector): typeof fetch {
  return async (input, init) => {
    const outcome = await injector.handle(await rawRequest(input, init));
    init?.signal?.throwIfAborted();
    if ('broken' in outcome) throw fetchFailed(outcome.broken);
    const { answer, arriving } = outcome;
    const response = responseOf(answer);
    if (arriving === answer.body.length) return response;
    const arrived = answer.body.slice(0, arriving);
    const cut = new ReadableStream({
      start: (stream) => stream.enqueue(arrived),
      pull: (stream) => stream.error(fetchFailed('ECONNRESET')),
    });
    return new Response(cut, { status: answer.status, headers: answer.headers });
  };
}

function fetchFailed(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}
