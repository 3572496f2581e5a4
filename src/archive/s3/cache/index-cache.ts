import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../model/clock.ts';
import type { S3Location } from '../../../model/location.ts';
import { sizes } from '../../../model/sizes.ts';

/** One version of an object. */
export interface CachedObject {
  /** In the bucket. */
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

/** What was read of an object's indexes, by `offset:length`. */
export type IndexParts = ReadonlyMap<string, Uint8Array>;

const FORMAT = 1;
const DIGEST = 32;
const SUFFIX = '.index';

/**
 * Footers, filters and tables of contents of the bundles of one archive, in files of this machine. They are copies, and never needed: what is
 * damaged, or cannot be read or written, counts as not there. They hold no rows. An entry goes when its object is replaced or deleted.
 */
export class IndexCache {
  readonly #root: string;
  readonly #folder: string;
  readonly #clock: Pick<Clock, 'now'>;

  /** @param root of the caches of all archives, absolute. It appears with the first entry. */
  constructor(
    root: string,
    { endpoint, bucket, prefix }: Pick<S3Location, 'endpoint' | 'bucket' | 'prefix'>,
    clock: Pick<Clock, 'now'>,
  ) {
    [this.#root, this.#clock] = [root, clock];
    this.#folder = join(root, digestOf([endpoint, bucket, prefix]));
  }

  /** Null where there is no entry for this version, or no whole one. */
  async load(object: CachedObject): Promise<IndexParts | null> {
    if (object.etag === '') return null;
    const file = this.#fileOf(object);
    try {
      const parts = parse(await readFile(file), object);
      if (parts === null) await rm(file, { force: true });
      // The entries that were used last stay longest.
      else await this.#touch(file);
      return parts;
    } catch {
      return null;
    }
  }

  /** Keeps the parts in the place of what was kept before of this version. */
  async save(object: CachedObject, parts: IndexParts): Promise<void> {
    if (object.etag === '') return;
    const content = encode(object, parts);
    if (content.length > sizes.cachedIndexBytes) return;
    const temporary = join(this.#folder, `${randomBytes(8).toString('hex')}.tmp`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(temporary, content, { mode: 0o600, flag: 'wx' });
      await this.#touch(temporary);
      await rename(temporary, this.#fileOf(object));
      await this.#shrink();
    } catch {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** Removes every entry of objects that are not among these. */
  async retain(objects: readonly CachedObject[]): Promise<void> {
    const wanted = new Set(objects.map((object) => nameOf(object)));
    for (const name of await readdir(this.#folder).catch(() => []))
      if (name.endsWith(SUFFIX) && !wanted.has(name))
        await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
  }

  /** Removes the files that were used longest ago, of all archives, until the rest is small enough. */
  async #shrink(): Promise<void> {
    const files: { readonly path: string; readonly bytes: number; readonly used: number }[] = [];
    for (const name of await readdir(this.#root, { recursive: true })) {
      if (!/\.(index|tmp)$/.test(name)) continue;
      const path = join(this.#root, name);
      const { size, mtimeMs } = await stat(path);
      files.push({ path, bytes: size, used: mtimeMs });
    }
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of files.sort((a, b) => a.used - b.used)) {
      if (total <= sizes.cacheBytes) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }

  async #touch(file: string): Promise<void> {
    const now = this.#clock.now() / 1_000;
    await utimes(file, now, now).catch(() => undefined);
  }

  #fileOf(object: CachedObject): string {
    return join(this.#folder, nameOf(object));
  }
}

function nameOf({ key, bytes, etag }: CachedObject): string {
  return `${digestOf([key, bytes, etag])}${SUFFIX}`;
}

function digestOf(what: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
}

/** A line of JSON, the parts one behind the other, and the SHA-256 of all that. */
function encode({ key, bytes, etag }: CachedObject, parts: IndexParts): Buffer {
  const head = JSON.stringify({ format: FORMAT, key, bytes, etag, parts: [...parts.keys()] });
  const content = Buffer.concat([Buffer.from(`${head}\n`), ...parts.values()]);
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

function parse(file: Buffer, object: CachedObject): IndexParts | null {
  const content = file.subarray(0, -DIGEST);
  if (!createHash('sha256').update(content).digest().equals(file.subarray(-DIGEST))) return null;
  const start = content.indexOf(10) + 1;
  const head = JSON.parse(content.toString('utf8', 0, start));
  const { key, bytes, etag } = object;
  if (head.format !== FORMAT || head.key !== key || head.bytes !== bytes || head.etag !== etag) return null;
  const parts = new Map<string, Uint8Array>();
  let at = start;
  for (const name of head.parts as string[]) {
    const length = Number(name.split(':')[1]);
    parts.set(name, new Uint8Array(content.subarray(at, at + length)));
    at += length;
  }
  return at === content.length ? parts : null;
}
