import type {
  ArchiveCapabilities,
  ArchiveStore,
  AwayLocation,
  OpenedAs,
  OpenFile,
  PendingFile,
  StoredFile,
} from '../../archive-store.ts';
import type { Traffic } from '../../traffic.ts';
import type { S3Reading } from '../reading/s3-reading.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { S3_CAPABILITIES } from './s3-capabilities.ts';

/** The half of an archive store that changes the archive. */
type Changing = Pick<ArchiveStore, 'create' | 'settle' | 'remove' | 'quarantine' | 'sweep'>;

/** An archive below a prefix of a bucket. */
export class S3Archive implements ArchiveStore {
  readonly location: string;
  readonly capabilities: ArchiveCapabilities = S3_CAPABILITIES;
  readonly apart = null;
  readonly #client: S3Client;
  readonly #reading: S3Reading;
  readonly #changing: Changing;

  constructor(client: S3Client, reading: S3Reading, changing: Changing) {
    this.location = client.location.text;
    [this.#client, this.#reading, this.#changing] = [client, reading, changing];
  }

  traffic(): Traffic {
    return this.#client.traffic.total;
  }

  async away(): Promise<readonly AwayLocation[]> {
    return [];
  }

  /** The lock is that of the database. Two databases, or two copies of one, meet at `lineage.json`, which only one of them can replace. */
  async lock(): Promise<AsyncDisposable> {
    return { [Symbol.asyncDispose]: async () => undefined };
  }

  list(prefix: string): Promise<readonly StoredFile[]> {
    return this.#reading.list(prefix);
  }

  strays(): Promise<readonly string[]> {
    return this.#reading.strays();
  }

  open(path: string, as?: OpenedAs): Promise<OpenFile> {
    return this.#reading.open(path, as);
  }

  create(path: string): Promise<PendingFile> {
    return this.#changing.create(path);
  }

  settle(path: string): Promise<void> {
    return this.#changing.settle(path);
  }

  remove(path: string): Promise<void> {
    return this.#changing.remove(path);
  }

  quarantine(path: string, note: string): Promise<string> {
    return this.#changing.quarantine(path, note);
  }

  sweep(): Promise<readonly string[]> {
    return this.#changing.sweep();
  }
}
