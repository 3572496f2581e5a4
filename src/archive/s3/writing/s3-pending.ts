import { FirnError } from '../../../model/errors.ts';
import type { PendingFile } from '../../archive-store.ts';
import { isOutcomeUnknown, s3CodeOf } from '../requests/s3-failure.ts';
import type { SpoolFile } from '../spool/spool-file.ts';

/**
 * writing → synced → named. `sent`: it may be in the bucket, or may get there yet; the spool keeps it, and the next run finds out. `failed` after
 * a failed write or sync.
 */
type State = 'writing' | 'synced' | 'sent' | 'named' | 'failed' | 'abandoned';

/** Brings a file of the spool to the bucket. */
export interface Publisher {
  /** The address, for messages. */
  readonly address: string;
  /** Resolves to false when the name is taken. `begun` is called when a request may be carried out from now on, whatever the answer. */
  publish(file: SpoolFile, begun: () => void): Promise<boolean>;
  /** The same, in the place of what had the name when the file was created. */
  replace(file: SpoolFile, begun: () => void): Promise<boolean>;
}

/** A file in the spool. */
export class S3PendingFile implements PendingFile {
  readonly #file: SpoolFile;
  readonly #publisher: Publisher;
  #state: State = 'writing';

  constructor(file: SpoolFile, publisher: Publisher) {
    [this.#file, this.#publisher] = [file, publisher];
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#expect('writing', 'write an archive file');
    await this.#attempt(() => this.#file.write(bytes));
  }

  async sync(): Promise<void> {
    if (this.#state === 'synced') return;
    this.#expect('writing', 'make an archive file durable');
    await this.#attempt(() => this.#file.sync());
    this.#state = 'synced';
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#expect('synced', 'read an archive file back');
    return await this.#file.read(offset, length);
  }

  async publish(): Promise<void> {
    this.#expect('synced', PUBLISH);
    if (await this.#send((begun) => this.#publisher.publish(this.#file, begun))) return;
    throw this.#refused('an object with this name exists, and Firn never overwrites archive files', PUBLISH);
  }

  async replace(): Promise<void> {
    this.#expect('synced', REPLACE);
    if (await this.#send((begun) => this.#publisher.replace(this.#file, begun))) return;
    throw new FirnError('unavailable', 'another run changed the archive while this run was at work', {
      ...{ operation: REPLACE, path: this.#publisher.address },
      hint: 'Nothing was replaced. Run again. If it fails again, find the other machine that changes this archive: only one database can use an archive.',
    });
  }

  async abandon(): Promise<void> {
    if (this.#state === 'named' || this.#state === 'abandoned' || this.#state === 'sent') return;
    this.#state = 'abandoned';
    await this.#file.drop();
  }

  async #send(send: (begun: () => void) => Promise<boolean>): Promise<boolean> {
    let sent = false;
    try {
      const isThere = await send(() => {
        sent = true;
      });
      if (!isThere) return false;
      this.#state = 'named';
      return true;
    } catch (error) {
      if (sent && !isRefusal(error)) {
        this.#state = 'sent';
        await this.#file.leave();
      }
      throw error;
    }
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }

  #expect(state: State, operation: string): void {
    if (this.#state !== state) throw this.#refused(`the file is ${this.#state}, not ${state}`, operation);
  }

  #refused(message: string, operation: string): FirnError {
    return new FirnError('refused', message, { operation, path: this.#publisher.address });
  }
}

/** Whether the server said that it did not write the object, and never said nothing. */
function isRefusal(error: unknown): boolean {
  return s3CodeOf(error) !== null && (error as FirnError).code === 'refused' && !isOutcomeUnknown(error);
}

const PUBLISH = 'publish an archive file';
const REPLACE = 'replace an archive file';
