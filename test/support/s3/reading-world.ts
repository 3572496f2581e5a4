import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { IndexCache } from '../../../src/archive/s3/cache/index-cache.ts';
import { S3Reading } from '../../../src/archive/s3/reading/s3-reading.ts';
import type { S3Client } from '../../../src/archive/s3/requests/s3-client.ts';
import { createS3Client } from '../../../src/archive/s3/requests/s3-client.ts';
import { TrafficCounter } from '../../../src/archive/traffic.ts';
import { environmentKeys, s3Location } from './client-world.ts';
import { modelAccess, modelFetch } from './model/model-fetch.ts';
import { type ModelOptions, S3Model } from './model/s3-model.ts';
import { send } from './plain-client.ts';

type Reading = Pick<ArchiveStore, 'list' | 'strays' | 'open'> & Pick<S3Reading, 'seen' | 'changed'>;

/** The reading side of an archive whose bucket is a model. */
export class ReadingWorld {
  readonly model: S3Model;
  readonly client: S3Client;
  reading: Reading;
  readonly #open: () => Reading;
  /** The requests in the order in which they were sent: `GET warm/a bytes=-65536`. */
  readonly asked: string[] = [];
  /** Called before the request is answered. */
  beforeAnswer: (asked: string) => Promise<void> = async () => undefined;
  #now = 0;

  constructor(options: ModelOptions = {}, prefix = 'prefix', cache: string | null = null) {
    this.model = new S3Model(options);
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = modelAccess(this.model);
    const whole = prefix === '' ? '' : `${prefix}/`;
    const answers = modelFetch(this.model);
    this.client = createS3Client({
      location: s3Location(`s3://${bucket}/${prefix}?endpoint=${endpoint}`),
      keys: environmentKeys({ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }),
      fetch: (async (url: string, init: RequestInit) => {
        const { pathname, searchParams } = new URL(url);
        const key = decodeURIComponent(pathname).slice(`/${bucket}/${whole}`.length);
        const range = (init.headers as Headers).get('range');
        const what = searchParams.has('list-type')
          ? `list ${searchParams.get('prefix')!.slice(whole.length)}`
          : key;
        const line = [init.method, what, range].filter((part) => part !== null && part !== '').join(' ');
        this.asked.push(line);
        await this.beforeAnswer(line);
        return await answers(url, init);
      }) as typeof fetch,
      clock: { now: () => 1_800_000_000_000, monotonic: () => 0, sleep: untilAborted },
      ...{ region, random: () => 0, traffic: new TrafficCounter() },
    });
    const clock = { monotonic: () => this.#now };
    const versionOf = (headers: Headers) => headers.get('etag');
    this.#open = () =>
      new S3Reading({
        ...{ client: this.client, clock, versionOf },
        cache:
          cache === null ? null : new IndexCache(cache, this.client.location, { now: () => ++this.#now }),
      });
    this.reading = this.#open();
  }

  /** Goes on as another process. */
  restart(): void {
    this.reading = this.#open();
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  /** @param key in the bucket. */
  async put(key: string, body: Uint8Array | string): Promise<void> {
    const { status } = await send(
      modelAccess(this.model),
      { method: 'PUT', key, body },
      modelFetch(this.model),
    );
    if (status !== 200) throw new Error(`PUT ${key}: ${status}`);
  }

  async remove(key: string): Promise<void> {
    await send(modelAccess(this.model), { method: 'DELETE', key }, modelFetch(this.model));
  }
}

/** Pauses pass at once, and nothing times out. */
async function untilAborted(_ms: number, signal?: AbortSignal): Promise<void> {
  if (signal !== undefined && !signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}
