/** What an archive store has asked of its server. What was sent again counts again, as the server counts it. */
export interface Traffic {
  readonly requests: Readonly<Record<RequestKind, number>>;
  /** Bytes of bodies. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Requests that were sent again. */
  readonly retries: number;
}

/** As object stores charge for them: `put` is every changing request but `delete`. */
export type RequestKind = (typeof KINDS)[number];

const KINDS = ['list', 'get', 'head', 'put', 'delete'] as const;
const CELLS = [...KINDS, 'sentBytes', 'receivedBytes', 'retries', 'changes'] as const;

type Cell = (typeof CELLS)[number];

/** Counts what archive stores ask, those of other threads of the same run included. */
export class TrafficCounter {
  /** Given to another thread, which counts with it. */
  readonly shared: SharedArrayBuffer;
  readonly #cells: BigInt64Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(8 * CELLS.length)) {
    this.shared = shared;
    this.#cells = new BigInt64Array(shared);
  }

  get total(): Traffic {
    const requests = Object.fromEntries(KINDS.map((kind) => [kind, this.#get(kind)]));
    return {
      requests: requests as Record<RequestKind, number>,
      sentBytes: this.#get('sentBytes'),
      receivedBytes: this.#get('receivedBytes'),
      retries: this.#get('retries'),
    };
  }

  sent(kind: RequestKind, bytes: number, isRetry: boolean): void {
    this.#add(kind, 1);
    this.#add('sentBytes', bytes);
    if (isRetry) this.#add('retries', 1);
  }

  received(bytes: number): void {
    this.#add('receivedBytes', bytes);
  }

  /** How often a store of this run has changed its archive: what was listed before the last time may be another now. */
  get changes(): number {
    return this.#get('changes');
  }

  changed(): void {
    this.#add('changes', 1);
  }

  #get(cell: Cell): number {
    return Number(Atomics.load(this.#cells, CELLS.indexOf(cell)));
  }

  #add(cell: Cell, count: number): void {
    Atomics.add(this.#cells, CELLS.indexOf(cell), BigInt(count));
  }
}

/** What was asked between two readings of a counter. */
export function trafficSince(before: Traffic, now: Traffic): Traffic {
  return {
    requests: Object.fromEntries(
      KINDS.map((kind) => [kind, now.requests[kind] - before.requests[kind]]),
    ) as Record<RequestKind, number>,
    sentBytes: now.sentBytes - before.sentBytes,
    receivedBytes: now.receivedBytes - before.receivedBytes,
    retries: now.retries - before.retries,
  };
}
