import type { Clock } from '../../../model/clock.ts';
import { FirnError } from '../../../model/errors.ts';
import { addressOf, keyStart } from '../requests/s3-address.ts';
import type { S3Answer, S3Client, S3Request } from '../requests/s3-client.ts';
import { type ConditionHeaders, conditionHeadersOf } from './condition-headers.ts';

/** A request about an object of the archive, by its key below the prefix of the archive. */
export type ObjectRequest = Omit<S3Request, 'key' | 'operation'> & { readonly key: string };

/** The part of a bucket that an archive is in. Keys are those below its prefix. */
export class ArchiveBucket {
  readonly client: S3Client;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly conditions: ConditionHeaders;
  /** '' or a text that ends in `/`. */
  readonly prefix: string;

  constructor(client: S3Client, clock: Pick<Clock, 'sleep'>) {
    this.client = client;
    this.clock = clock;
    this.conditions = conditionHeadersOf(client.location);
    this.prefix = keyStart(client.location);
  }

  /** The address of an object, for messages. */
  address(key: string): string {
    return addressOf(this.client.location, this.prefix + key);
  }

  send({ key, ...request }: ObjectRequest, operation: string): Promise<S3Answer> {
    return this.client.send({ ...request, key: this.prefix + key, operation });
  }

  /** A request about the bucket as a whole. */
  ask(query: Readonly<Record<string, string>>, operation: string): Promise<S3Answer> {
    return this.client.send({ method: 'GET', key: null, query, operation });
  }

  /**
   * Sends a request with a condition, again while the server says that it was busy with another one for the same object (409). Returns null when
   * the condition does not hold.
   */
  async sendIf(request: ObjectRequest, operation: string): Promise<S3Answer | null> {
    for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
      const answer = await this.send(request, operation);
      if (answer.status < 300) return answer;
      // Where there is no object, some servers say so instead of that the condition does not hold.
      if (answer.status === 412 || answer.status === 404) return null;
      if (pause > LAST_PAUSE_MS) throw this.#conflict(request.key, operation, answer.status);
      await this.clock.sleep(pause, request.signal);
    }
  }

  #conflict(key: string, operation: string, status: number): FirnError {
    return new FirnError(
      'unavailable',
      `other requests for the same object are in the way (HTTP ${status})`,
      {
        ...{ operation, path: this.address(key) },
        hint: 'Nothing is lost. Find the other program that writes to this archive, then run again.',
      },
    );
  }
}

const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2_000;
