import {
  type ClientParts,
  createS3Client,
  type S3Client,
} from '../../../src/archive/s3/requests/s3-client.ts';
import { KeySource, type S3Keys } from '../../../src/archive/s3/requests/s3-keys.ts';
import { TrafficCounter } from '../../../src/archive/traffic.ts';
import type { Clock } from '../../../src/model/clock.ts';
import type { S3Location } from '../../../src/model/location.ts';
import { parseLocation } from '../../../src/model/location.ts';
import { s3Environment } from '../../../src/model/policy/s3-settings.ts';

/** Each answers one request of the client; the last one answers all that follow. */
export type Scripted = (url: string, init: RequestInit) => Response | Promise<Response>;

export interface ClientWorld {
  readonly client: S3Client;
  readonly asked: { readonly url: string; readonly init: RequestInit }[];
  /** The pauses between attempts, in milliseconds. Time-outs are not among them. */
  readonly pauses: number[];
  /** Lets the time-out of the attempt that waits pass. */
  timeOut(): void;
}

const NOW = Date.UTC(2026, 6, 1, 12);
export const KEYS: S3Keys = { accessKeyId: 'AKID', secretAccessKey: 'hunter2' };

/** A client whose server is a list of answers, and whose time passes when the test says so. */
export function clientWorld(answers: readonly Scripted[], parts: Partial<ClientParts> = {}): ClientWorld {
  const asked: { url: string; init: RequestInit }[] = [];
  const pauses: number[] = [];
  let wake = (): void => undefined;
  const clock: Clock = {
    now: () => NOW,
    monotonic: () => NOW,
    sleep: async (ms, signal) => {
      if (ms < 30_000 || signal === undefined) return void pauses.push(ms);
      // A time-out.
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal.addEventListener('abort', () => resolve());
      });
    },
  };
  const fetchScripted = async (url: string, init: RequestInit): Promise<Response> => {
    asked.push({ url, init });
    init.signal?.throwIfAborted();
    const answer = answers[Math.min(asked.length, answers.length) - 1]!;
    return await Promise.race([answer(url, init), aborted(init.signal!)]);
  };
  const client = createS3Client({
    location: s3Location('s3://bucket/prefix?region=eu-central-1'),
    region: 'us-east-1',
    keys: environmentKeys({
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    }),
    fetch: fetchScripted as typeof fetch,
    ...{ clock, random: () => 0, traffic: new TrafficCounter() },
    ...parts,
  });
  return { client, asked, pauses, timeOut: () => wake() };
}

export function s3Location(text: string): S3Location {
  return parseLocation(text, '/', 'test') as S3Location;
}

export function environmentKeys(env: Record<string, string>): KeySource {
  return new KeySource(s3Environment(env), { now: () => NOW }, () => Promise.reject(new Error('not asked')));
}

export function answered(
  status: number,
  body: string | Uint8Array | null = null,
  headers: Record<string, string> = {},
): Scripted {
  return () => new Response(body as string | null, { status, headers });
}

export function failing(
  status: number,
  code: string,
  more = '',
  headers: Record<string, string> = {},
): Scripted {
  return answered(status, `<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`, headers);
}

/** As undici throws it. */
export function broken(code: string): Scripted {
  return () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) });
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
