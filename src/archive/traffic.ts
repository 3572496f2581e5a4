/** What an archive store has asked of its server. Retries count, as the server counts them. */
export interface Traffic {
  readonly requests: Readonly<Record<RequestKind, number>>;
  /** Bytes of bodies. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Requests that were sent again. */
  readonly retries: number;
}

/** As object stores charge for them: `put` is every other changing request than `delete`. */
export type RequestKind = 'list' | 'get' | 'head' | 'put' | 'delete';

export const NO_TRAFFIC: Traffic = {
  requests: { list: 0, get: 0, head: 0, put: 0, delete: 0 },
  sentBytes: 0,
  receivedBytes: 0,
  retries: 0,
};

/** Adds up what one archive store asks, in this thread. */
export class TrafficCounter {
  #total: Traffic = NO_TRAFFIC;

  get total(): Traffic {
    return this.#total;
  }

  sent(kind: RequestKind, bytes: number, isRetry: boolean): void {
    const { requests, sentBytes, retries } = this.#total;
    this.#total = {
      ...this.#total,
      requests: { ...requests, [kind]: requests[kind] + 1 },
      sentBytes: sentBytes + bytes,
      retries: retries + (isRetry ? 1 : 0),
    };
  }

  received(bytes: number): void {
    this.#total = { ...this.#total, receivedBytes: this.#total.receivedBytes + bytes };
  }

  /** Of another thread that works for the same command. */
  add(other: Traffic): void {
    this.#total = sumOf(this.#total, other);
  }
}

function sumOf(one: Traffic, other: Traffic): Traffic {
  const kinds = Object.keys(one.requests) as RequestKind[];
  return {
    requests: Object.fromEntries(
      kinds.map((kind) => [kind, one.requests[kind] + other.requests[kind]]),
    ) as Record<RequestKind, number>,
    sentBytes: one.sentBytes + other.sentBytes,
    receivedBytes: one.receivedBytes + other.receivedBytes,
    retries: one.retries + other.retries,
  };
}
