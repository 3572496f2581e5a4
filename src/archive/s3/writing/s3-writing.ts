import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../model/clock.ts';
import { FirnError } from '../../../model/errors.ts';
import { checkPath } from '../../archive-path.ts';
import type { PendingFile } from '../../archive-store.ts';
import type { FileSystem } from '../../disk/file-system.ts';
import { generationKey, hasGenerations } from '../generations.ts';
import { ArchiveBucket } from '../objects/archive-bucket.ts';
import { Conditions } from '../objects/conditions.ts';
import { headObject } from '../objects/object-head.ts';
import { ObjectRemover } from '../objects/object-versions.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { Spool } from '../spool/spool.ts';
import { judgeOlder, presentBundle } from './bundle-objects.ts';
import {
  BundlePublisher,
  ObjectPublisher,
  type PublishingParts,
  type StorageClasses,
} from './publish-object.ts';
import { quarantineObject } from './quarantine-object.ts';
import { S3PendingFile } from './s3-pending.ts';
import { sweepBucket } from './sweep-bucket.ts';

/** What the changing side of an archive on S3 works with. */
export interface S3WritingParts {
  readonly client: S3Client;
  readonly clock: Pick<Clock, 'sleep'>;
  /** The folder of the spools of a database, absolute. It appears with the first file. */
  readonly spool: string;
  readonly fileSystem: FileSystem;
  readonly storageClass: StorageClasses;
  /** Accept a server that ignores conditions. */
  readonly allowUnconditional: boolean;
  /**
   * The version of a file that the reading side opened last (see `versionOf`): null when it was not there, undefined when it was not opened.
   * Such a file is replaced only when it is still that one.
   */
  readonly seen: (path: string) => string | null | undefined;
  /** Told of each path whose objects are others now, or may be: what was remembered of it no longer holds. */
  readonly changed: (path: string) => void;
}

/** The half of an archive store on S3 that changes the bucket. Its methods are those of `ArchiveStore`. */
export class S3Writing {
  readonly #parts: PublishingParts;
  readonly #spool: Spool;
  readonly #seen: S3WritingParts['seen'];

  constructor(parts: S3WritingParts) {
    const { client, clock, storageClass, allowUnconditional, changed } = parts;
    const bucket = new ArchiveBucket(client, clock);
    const remover = new ObjectRemover(bucket);
    const conditions = new Conditions(bucket, remover, allowUnconditional);
    this.#parts = { bucket, remover, conditions, storageClass, changed };
    // Archives of several locations have spools of their own: a file goes where it was meant to go, or nowhere.
    const { endpoint, bucket: name, prefix } = client.location;
    const place = createHash('sha256')
      .update(JSON.stringify([endpoint, name, prefix]))
      .digest('hex')
      .slice(0, 16);
    this.#spool = new Spool(join(parts.spool, place), parts.fileSystem);
    this.#seen = parts.seen;
  }

  /** What tells a version of an object from another one, for `seen`. */
  versionOf(headers: Headers): string | null {
    return this.#parts.bucket.conditions.versionOf(headers);
  }

  async create(path: string): Promise<PendingFile> {
    checkPath(path, 'create an archive file');
    const publisher = hasGenerations(path)
      ? new BundlePublisher(this.#parts, path, await presentBundle(this.#parts.bucket, path))
      : new ObjectPublisher(this.#parts, path, () => this.#seen(path));
    return new S3PendingFile(await this.#spool.create(), publisher);
  }

  /** An object is durable as soon as it is there. */
  async settle(path: string): Promise<void> {
    const operation = 'make an archive file durable';
    await this.#keyOf(path, operation);
  }

  async remove(path: string): Promise<void> {
    checkPath(path, 'remove an archive file');
    const { remover, changed } = this.#parts;
    changed(path);
    if (hasGenerations(path)) await this.#removeBundle(path);
    else await remover.remove(path);
    changed(path);
  }

  async quarantine(path: string, note: string): Promise<string> {
    const operation = 'quarantine an archive file';
    const key = await this.#keyOf(path, operation);
    const { bucket } = this.#parts;
    if (hasGenerations(path)) {
      const older = (await presentBundle(bucket, path))?.older ?? [];
      for (const one of older) await this.#quarantineKey(generationKey(one), note);
    }
    return await this.#move(key, path, note);
  }

  async sweep(): Promise<readonly string[]> {
    return await sweepBucket(this.#parts, this.#spool, (key, note) => this.#quarantineKey(key, note));
  }

  /** The older objects first: at no moment does one of them become the bundle. */
  async #removeBundle(path: string): Promise<void> {
    const { bucket, remover } = this.#parts;
    const present = await presentBundle(bucket, path);
    if (present === null) return;
    const { accounted, unknown } = await judgeOlder(bucket, present);
    for (const one of accounted) await remover.remove(generationKey(one));
    for (const one of unknown)
      await this.#quarantineKey(generationKey(one), `It is older than ${present.key}, which was deleted.`);
    await remover.remove(present.key);
  }

  async #quarantineKey(key: string, note: string): Promise<void> {
    await this.#move(key, key, note);
  }

  async #move(key: string, path: string, note: string): Promise<string> {
    const { bucket, remover, changed } = this.#parts;
    changed(path);
    const target = await quarantineObject(bucket, (to) => this.create(to), { key, path, note });
    await remover.remove(key);
    return target;
  }

  /** The key of a file that is there. Throws `not_found` when it is not. */
  async #keyOf(path: string, operation: string): Promise<string> {
    checkPath(path, operation);
    const { bucket } = this.#parts;
    const key = hasGenerations(path) ? (await presentBundle(bucket, path))?.key : path;
    if (key !== undefined && (await headObject(bucket, key, operation)) !== null) return key;
    throw new FirnError('not_found', 'file not found', { operation, path: bucket.address(path) });
  }
}
