import type { Clock } from '../../../model/clock.ts';
import type { IndexCache } from '../cache/index-cache.ts';
import { listBucket } from '../objects/list-objects.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { type KeyedFile, type SortedObjects, sortObjects } from './sorted-objects.ts';

/** For so long the steps of one run share a list, in milliseconds, unless the run changes the archive. */
const SHARED_MS = 10_000;

interface KnownList {
  /** A folder with `/` at its end, or '' for the whole archive. */
  readonly folder: string;
  readonly at: number;
  readonly changes: number;
  /** Its first request is on its way: it may be older than who asks for it from now on. */
  isSent: boolean;
  sorted: Promise<SortedObjects>;
}

/** A file, and whether the list that has it was sent for after this call began. */
interface FoundFile {
  readonly file: KeyedFile | null;
  readonly isFresh: boolean;
}

/** Lists of the archive, each of which serves every step that begins soon after. */
export class KnownLists {
  readonly #client: S3Client;
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** '' or a text that ends in `/`. */
  readonly #prefix: string;
  readonly #cache: IndexCache | null;
  #lists: readonly KnownList[] = [];

  /** @param cache loses what the list of all bundles does not have any more. */
  constructor(client: S3Client, clock: Pick<Clock, 'monotonic'>, prefix: string, cache: IndexCache | null) {
    [this.#client, this.#clock, this.#prefix, this.#cache] = [client, clock, prefix, cache];
  }

  /** All below a folder; '' for all of the archive. */
  async below(folder: string): Promise<SortedObjects> {
    const start = folder === '' ? '' : `${folder}/`;
    const { files, strays } = await this.#list(start).sorted;
    return {
      files: files.filter(({ path }) => path.startsWith(start)),
      strays: strays.filter((key) => key.startsWith(start)),
    };
  }

  /** The object of a bundle: all bundles are listed at once, for those that are opened next. */
  async bundle(path: string): Promise<FoundFile> {
    const before = this.#known(path);
    const list = before ?? this.#list(path.slice(0, path.indexOf('/') + 1));
    const isFresh = !list.isSent;
    const { files } = await list.sorted;
    return { file: files.find((file) => file.path === path) ?? null, isFresh };
  }

  /** The object of a bundle, as a list has it that was sent before; null without one. */
  async listed(path: string): Promise<KeyedFile | null> {
    const known = this.#known(path);
    return known === null ? null : ((await known.sorted).files.find((file) => file.path === path) ?? null);
  }

  forget(): void {
    this.#lists = [];
  }

  #list(folder: string): KnownList {
    const known = this.#known(folder);
    if (known !== null) return known;
    const list: KnownList = {
      ...{ folder, at: this.#clock.monotonic(), changes: this.#client.traffic.changes },
      isSent: false,
      sorted: Promise.resolve({ files: [], strays: [] }),
    };
    list.sorted = this.#ask(list);
    // It is no list that others could use.
    list.sorted.catch(() => {
      this.#lists = this.#lists.filter((one) => one !== list);
    });
    this.#lists = [...this.#lists.filter((one) => !one.folder.startsWith(folder)), list];
    return list;
  }

  /** Who asks in the same moment shares it. */
  async #ask(list: KnownList): Promise<SortedObjects> {
    const { folder } = list;
    await new Promise((resolve) => setImmediate(resolve));
    list.isSent = true;
    const objects = await listBucket(this.#client, this.#prefix + folder);
    const sorted = sortObjects(objects, this.#prefix);
    if (folder === '' || folder === 'cold/') await this.#cache?.retain(objects);
    return sorted;
  }

  #known(path: string): KnownList | null {
    const { changes } = this.#client.traffic;
    const oldest = this.#clock.monotonic() - SHARED_MS;
    this.#lists = this.#lists.filter((list) => list.changes === changes && list.at >= oldest);
    return this.#lists.find(({ folder }) => path.startsWith(folder)) ?? null;
  }
}
