import { answer, type ModelAnswer, xmlText } from '../model/answer.ts';
import type { RawRequest } from '../model/s3-model.ts';
import { type Fault, type FaultKind, isChange, isList } from './fault.ts';

/** What reaches the client: an answer, of which so many bytes arrive, or the code of the error of a broken connection. */
export type Outcome =
  | { readonly answer: ModelAnswer; readonly arriving: number }
  | { readonly broken: 'ECONNREFUSED' | 'ECONNRESET' };

export interface FaultyServer {
  /** Carries a request out. */
  handle(request: RawRequest): Promise<ModelAnswer>;
  /** The answer to a list as of so many changes ago; null when it is not known. */
  handleStale(request: RawRequest, changes: number): ModelAnswer | null;
  /** Called after each request that may have changed something. */
  changed(): void;
}

/** Decides what goes wrong with a request, which is the `at`-th (from 1). */
export type DrawFault = (request: RawRequest, at: number) => Fault | null;

interface Late {
  readonly request: RawRequest;
  left: number;
}

/** Stands between a client and a server, and lets things go wrong. */
export class FaultInjector {
  /** How often each kind of fault came about. */
  readonly injected: Map<FaultKind, number>;
  requests = 0;
  readonly #server: FaultyServer;
  readonly #draw: DrawFault;
  #late: Late[] = [];
  readonly #waiting: { left: number; readonly go: () => void }[] = [];

  /** @param injected is counted on: several injectors may share it. */
  constructor(server: FaultyServer, draw: DrawFault, injected: Map<FaultKind, number> = new Map()) {
    [this.#server, this.#draw, this.injected] = [server, draw, injected];
  }

  get faults(): number {
    return [...this.injected.values()].reduce((sum, count) => sum + count, 0);
  }

  async handle(request: RawRequest): Promise<Outcome> {
    await this.#letLateOnesIn();
    const fault = this.#draw(request, ++this.requests);
    try {
      return fault === null ? whole(await this.#carryOut(request)) : await this.#disturbed(request, fault);
    } finally {
      for (const waiting of this.#waiting.splice(0)) {
        if (--waiting.left > 0) this.#waiting.push(waiting);
        else waiting.go();
      }
    }
  }

  /** What was on its way arrives at last. */
  async settle(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    for (const { request } of late) await this.#carryOut(request);
  }

  async #disturbed(request: RawRequest, fault: Fault): Promise<Outcome> {
    const count = (): void => void this.injected.set(fault.kind, (this.injected.get(fault.kind) ?? 0) + 1);
    if (fault.kind !== 'stale list') count();
    switch (fault.kind) {
      case 'refused connection':
        return { broken: 'ECONNREFUSED' };
      case 'lost request':
        return { broken: 'ECONNRESET' };
      case 'lost answer':
        await this.#carryOut(request);
        return { broken: 'ECONNRESET' };
      case 'late':
        this.#late.push({ request, left: fault.after });
        return { broken: 'ECONNRESET' };
      case 'answer':
        return whole(errorAnswer(fault.status, fault.code, fault.retryAfter));
      case 'failed after all':
        await this.#carryOut(request);
        return whole(errorAnswer(500, 'InternalError'));
      case 'twice':
        await this.#carryOut(request);
        return whole(await this.#carryOut(request));
      case 'cut answer': {
        const result = await this.#carryOut(request);
        return { answer: result, arriving: Math.floor(result.body.length * fault.share) };
      }
      case 'cut request':
        return whole(
          await this.#carryOut({ ...request, body: request.body.subarray(0, request.body.length >> 1) }),
        );
      case 'stale list': {
        const stale = this.#server.handleStale(request, fault.changes);
        if (stale !== null) count();
        return whole(stale ?? (await this.#carryOut(request)));
      }
      case 'overtaken':
        await this.#overtaken(fault.by);
        return whole(await this.#carryOut(request));
    }
  }

  async #carryOut(request: RawRequest): Promise<ModelAnswer> {
    const result = await this.#server.handle(request);
    if (isChange(request) || isList(request)) this.#server.changed();
    return result;
  }

  async #letLateOnesIn(): Promise<void> {
    const due = this.#late.filter((late) => late.left-- <= 0);
    this.#late = this.#late.filter((late) => !due.includes(late));
    for (const { request } of due) await this.#carryOut(request);
  }

  /** Until that many other requests have been answered, or none comes. */
  async #overtaken(by: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ left: by, go: resolve });
    const timer = setTimeout(resolve, 5);
    await promise;
    clearTimeout(timer);
  }
}

function whole(result: ModelAnswer): Outcome {
  return { answer: result, arriving: result.body.length };
}

function errorAnswer(status: number, code: string, retryAfter?: number): ModelAnswer {
  const headers = {
    'content-type': 'application/xml',
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
  return answer(status, headers, `<Error><Code>${xmlText(code)}</Code><Message>injected</Message></Error>`);
}
