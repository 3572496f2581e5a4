import type { RequestKind, Traffic } from '../../archive/traffic.ts';

/** What a command asked of the server of the archives. Only in answers about archives that are not on this machine. */
export interface TrafficAnswer {
  /** Requests by kind, those that were sent again included. `put` is every changing request but `delete`. */
  readonly requests: Readonly<Record<RequestKind, number>>;
  /** Of these, those that were sent again. */
  readonly retries: number;
  /** Bytes of bodies. */
  readonly sent_bytes: number;
  readonly received_bytes: number;
}

export function trafficJson({ requests, retries, sentBytes, receivedBytes }: Traffic): TrafficAnswer {
  return { requests, retries, sent_bytes: sentBytes, received_bytes: receivedBytes };
}

/** An answer with the key `traffic`, where it is an object and there is any. */
export function withTraffic(answer: unknown, traffic: Traffic | null): unknown {
  if (traffic === null || typeof answer !== 'object' || answer === null || Array.isArray(answer))
    return answer;
  return { ...answer, traffic: trafficJson(traffic) };
}
