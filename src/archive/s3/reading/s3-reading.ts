import type { Clock } from '../../../model/clock.ts';
import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import { checkPath } from '../../archive-path.ts';
import type { OpenedAs, OpenFile, StoredFile } from '../../archive-store.ts';
import type { IndexCache } from '../cache/index-cache.ts';
import { hasGenerations } from '../generations.ts';
import { plainEtag } from '../requests/etag.ts';
import { addressOf, keyStart } from '../requests/s3-address.ts';
import type { S3Answer, S3Client } from '../requests/s3-client.ts';
import { whyUnread } from '../thaw/frozen-object.ts';
import { KnownLists } from './known-lists.ts';
import { S3File } from './s3-file.ts';
import { type KeyedFile, nextKey } from './sorted-objects.ts';

const LIST = 'list the archive';
const OPEN = 'open an archive file';
/** Those of a year. */
const KEPT_BUNDLES = 12;
/** How often a bundle is looked for when each time another one has taken its place. */
const LOOKS = 4;

export interface S3ReadingParts {
  readonly client: S3Client;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** What tells the version of an object from another one, of an answer about it (see `Dialect`). */
  readonly versionOf: (headers: Headers) => string | null;
  /** Of indexes of bundles on this machine; null for none. */
  readonly cache: IndexCache | null;
}

/** The half of an archive store on S3 that reads the bucket. Its methods are those of `ArchiveStore`. */
export class S3Reading {
  readonly #client: S3Client;
  readonly #versionOf: S3ReadingParts['versionOf'];
  readonly #lists: KnownLists;
  readonly #cache: IndexCache | null;
  /** '' or a text that ends in `/`. */
  readonly #prefix: string;
  /** Of the files at the root of the archive, which are replaced. */
  readonly #seen = new Map<string, string | null>();
  /** Open bundles by key, the last one last. */
  readonly #kept = new Map<string, OpenFile>();

  constructor({ client, clock, versionOf, cache }: S3ReadingParts) {
    this.#client = client;
    this.#versionOf = versionOf;
    this.#prefix = keyStart(client.location);
    this.#cache = cache;
    this.#lists = new KnownLists(client, clock, this.#prefix, cache);
  }

  async list(folder: string): Promise<readonly StoredFile[]> {
    if (folder !== '') checkPath(folder, LIST);
    const { files } = await this.#lists.below(folder);
    return files.map(({ path, bytes, storageClass }) => ({
      ...{ path, bytes },
      ...(storageClass === undefined ? {} : { storageClass }),
    }));
  }

  async strays(): Promise<readonly string[]> {
    return (await this.#lists.below('')).strays;
  }

  async open(path: string, as: OpenedAs = 'now'): Promise<OpenFile> {
    checkPath(path, OPEN);
    const listed = as === 'listed' && hasGenerations(path) ? await this.#openListed(path) : null;
    if (listed !== null) return listed;
    const file = hasGenerations(path) ? await this.#openBundle(path) : await this.#openKey(path, path);
    if (file !== null) return file;
    throw new FirnError('not_found', 'file not found', { operation: OPEN, path: this.#address(path) });
  }

  /** The version of a file that was opened last: null when it was not there, undefined when it was not opened. */
  seen(path: string): string | null | undefined {
    return this.#seen.get(path);
  }

  /** What was remembered of a path no longer holds. */
  changed(path: string): void {
    this.#seen.delete(path);
    this.#lists.forget();
    this.#client.traffic.changed();
  }

  /**
   * Bundles are opened for one segment after the other. What was read of an object is kept, in memory and, of its indexes, on this machine: it
   * never changes under its key.
   */
  async #openKept(file: KeyedFile, isFresh: boolean): Promise<OpenFile | null> {
    const { key, path } = file;
    const kept = this.#kept.get(key) ?? (await this.#openCached(file));
    const opened =
      kept === null ? await this.#openKey(key, path) : !isFresh && (await this.#isAbsent(key)) ? null : kept;
    this.#kept.delete(key);
    if (opened === null) return null;
    this.#kept.set(key, opened);
    for (const [oldest] of this.#kept) if (this.#kept.size > KEPT_BUNDLES) this.#kept.delete(oldest);
    return opened;
  }

  async #openCached({ key, bytes, etag }: KeyedFile): Promise<OpenFile | null> {
    const cache = this.#cache;
    const version = { key: this.#prefix + key, bytes, etag };
    const parts = (await cache?.load(version)) ?? null;
    return cache === null || parts === null ? null : new S3File(this.#client, version, { cache, parts });
  }

  /** Null where no list is known, or it does not have the bundle, or the object is gone. */
  async #openListed(path: string): Promise<OpenFile | null> {
    const file = await this.#lists.listed(path);
    return file === null ? null : await this.#openKept(file, true);
  }

  async #openBundle(path: string): Promise<OpenFile | null> {
    for (let look = 1; look <= LOOKS; look++) {
      const { file, isFresh } = await this.#lists.bundle(path);
      if (file !== null) {
        const [opened, isNewest] = await Promise.all([
          this.#openKept(file, isFresh),
          isFresh || this.#isAbsent(nextKey(path, file.generation!)),
        ]);
        if (opened !== null && isNewest) return opened;
      } else if (isFresh) {
        return null;
      }
      // The list was an older one.
      this.#lists.forget();
    }
    throw new FirnError('unavailable', 'the bundle is replaced again and again while it is opened', {
      ...{ operation: OPEN, path: this.#address(path) },
      hint: 'Run again when the other run has ended.',
    });
  }

  /** @param key below the prefix of the archive. */
  async #isAbsent(key: string): Promise<boolean> {
    const head = { method: 'HEAD', key: this.#prefix + key, operation: OPEN } as const;
    return (await this.#client.send(head)).status === 404;
  }

  /** @param key below the prefix of the archive. */
  async #openKey(key: string, path: string): Promise<OpenFile | null> {
    const whole = this.#prefix + key;
    const request = { method: 'GET', key: whole, operation: OPEN, expectedBytes: sizes.tailBytes } as const;
    const answer = await this.#client
      .send({ ...request, headers: { range: `bytes=-${sizes.tailBytes}` } })
      .catch(async (error: unknown) => {
        throw await whyUnread(this.#client, whole, OPEN, error);
      });
    const isThere = answer.status !== 404;
    if (!path.includes('/')) this.#seen.set(path, isThere ? this.#versionOf(answer.headers) : null);
    return isThere ? await this.#fileOf(answer, whole, hasGenerations(path)) : null;
  }

  async #fileOf({ status, headers, body }: S3Answer, key: string, isBundle: boolean): Promise<OpenFile> {
    const etag = plainEtag(headers.get('etag') ?? '');
    // No range of an empty object can be given.
    const tail = status === 416 ? new Uint8Array() : await body();
    const bytes = status === 206 ? sizeIn(headers.get('content-range')) : tail.length;
    if (
      bytes === null ||
      tail.length > bytes ||
      (status === 206 && tail.length < Math.min(bytes, sizes.tailBytes))
    ) {
      throw new FirnError('unavailable', 'the server did not say how long the file is', {
        ...{ operation: OPEN, path: addressOf(this.#client.location, key) },
        hint: 'Check the endpoint of the location, and what stands between it and this machine. Then run again.',
      });
    }
    const kept = this.#cache !== null && isBundle ? { cache: this.#cache, parts: null } : null;
    const file = new S3File(this.#client, { key, bytes, etag }, kept);
    file.hold(bytes - tail.length, tail);
    return file;
  }

  #address(path: string): string {
    return addressOf(this.#client.location, this.#prefix + path);
  }
}

/** Of `bytes 100-199/200`. */
function sizeIn(contentRange: string | null): number | null {
  const size = /^bytes \d+-\d+\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return size === undefined ? null : Number(size);
}
