import { randomBytes } from 'node:crypto';
import { readTail } from '../../../format/segment/tail.ts';
import { parseWarmPath } from '../../../format/segment-names.ts';
import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import { IDENTITY_FILE } from '../../identity.ts';
import { generationKey, hasGenerations } from '../generations.ts';
import type { ArchiveBucket } from '../objects/archive-bucket.ts';
import type { Conditions } from '../objects/conditions.ts';
import { headObject } from '../objects/object-head.ts';
import type { ObjectRemover } from '../objects/object-versions.ts';
import { proveObject } from '../objects/prove-object.ts';
import { putInPlaceOf, putNew } from '../objects/put-object.ts';
import { NAMES, type Upload } from '../objects/upload.ts';
import type { SpoolFile } from '../spool/spool-file.ts';
import { type PresentBundle, replacedBy } from './bundle-objects.ts';
import type { Publisher } from './s3-pending.ts';

/** Storage classes of the objects of the tiers; null leaves it to the bucket. */
export interface StorageClasses {
  readonly warm: string | null;
  readonly cold: string | null;
}

/** What publishing works with. */
export interface PublishingParts {
  readonly bucket: ArchiveBucket;
  readonly conditions: Conditions;
  readonly remover: ObjectRemover;
  readonly storageClass: StorageClasses;
  /** Told of each path whose objects are others now, or may be. */
  readonly changed: (path: string) => void;
}

/** Publishes a file that is never replaced under the key of its path. */
export class ObjectPublisher implements Publisher {
  readonly address: string;
  readonly #parts: PublishingParts;
  readonly #path: string;
  /** The version that this store has seen: null for none, undefined when it has not looked. */
  readonly #seen: () => string | null | undefined;

  constructor(parts: PublishingParts, path: string, seen: () => string | null | undefined) {
    [this.#parts, this.#path, this.#seen] = [parts, path, seen];
    this.address = parts.bucket.address(path);
  }

  async publish(file: SpoolFile, begun: () => void): Promise<boolean> {
    if (this.#path === IDENTITY_FILE) return await publishMark(this.#parts, file, begun);
    return await publishNew(this.#parts, this.#path, this.#path, file, {}, begun);
  }

  /** Nothing is written down: what is repeated later would find another version, and so change nothing. */
  async replace(file: SpoolFile): Promise<boolean> {
    const { bucket, conditions, changed } = this.#parts;
    const { identity } = await conditions.look();
    const seen = this.#seen();
    const present =
      seen === undefined ? await headObject(bucket, this.#path, 'replace an archive file') : null;
    const version = seen === undefined ? (present?.version ?? null) : seen;
    const upload = await uploadOf(this.#parts, identity, this.#path, this.#path, file, {});
    changed(this.#path);
    const isThere = await putInPlaceOf(bucket, version, upload, file, conditions);
    changed(this.#path);
    if (!isThere) return false;
    await file.drop();
    return true;
  }
}

/** Publishes a bundle: each generation under a key of its own. */
export class BundlePublisher implements Publisher {
  readonly address: string;
  readonly #parts: PublishingParts;
  readonly #path: string;
  /** What was there when the file was created: another run that replaces it meanwhile takes the next number. */
  readonly #present: PresentBundle | null;

  constructor(parts: PublishingParts, path: string, present: PresentBundle | null) {
    [this.#parts, this.#path, this.#present] = [parts, path, present];
    this.address = parts.bucket.address(path);
  }

  async publish(file: SpoolFile, begun: () => void): Promise<boolean> {
    if (this.#present !== null) return false;
    return await this.#put(file, 1, {}, begun);
  }

  async replace(file: SpoolFile, begun: () => void): Promise<boolean> {
    const present = this.#present;
    if (present === null) return await this.#put(file, 1, {}, begun);
    const replaces = { [NAMES.replaces]: replacedBy(present) };
    if (!(await this.#put(file, present.generation + 1, replaces, begun))) return false;
    // Killed before this, the next run does it.
    await this.#parts.remover.remove(present.key);
    this.#parts.changed(this.#path);
    return true;
  }

  #put(
    file: SpoolFile,
    generation: number,
    metadata: Upload['metadata'],
    begun: () => void,
  ): Promise<boolean> {
    const key = generationKey({ path: this.#path, generation });
    return publishNew(this.#parts, this.#path, key, file, metadata, begun);
  }
}

/** Marks the archive; a server that turns out to ignore conditions keeps nothing of it. */
async function publishMark(parts: PublishingParts, file: SpoolFile, begun: () => void): Promise<boolean> {
  const { conditions, remover, changed } = parts;
  if (!(await conditions.lookBeforeMark())) return false;
  const upload = await uploadOf(parts, null, IDENTITY_FILE, IDENTITY_FILE, file, {});
  if (!(await putAndProve(parts, upload, file, IDENTITY_FILE, begun))) return false;
  try {
    await conditions.lookAgain();
    return true;
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
    await remover.remove(IDENTITY_FILE);
    changed(IDENTITY_FILE);
    throw error;
  }
}

/** False when the name is taken; the file is as it was then. */
async function publishNew(
  parts: PublishingParts,
  path: string,
  key: string,
  file: SpoolFile,
  metadata: Upload['metadata'],
  begun: () => void,
): Promise<boolean> {
  const { identity } = await parts.conditions.look();
  const upload = await uploadOf(parts, identity, path, key, file, metadata);
  return await putAndProve(parts, upload, file, path, begun);
}

async function putAndProve(
  parts: PublishingParts,
  upload: Upload,
  file: SpoolFile,
  path: string,
  begun: () => void,
): Promise<boolean> {
  // Before anything is sent that the next run would have to send again.
  if (upload.bytes > sizes.singlePutBytes) await parts.conditions.parts();
  await file.begin(upload);
  begun();
  parts.changed(path);
  const isThere = await putNew(parts.bucket, upload, file, parts.conditions);
  parts.changed(path);
  if (!isThere) return false;
  try {
    await proveObject(parts.bucket, upload);
  } catch (error) {
    // What the bucket has is known then, and sending the same again would not change it.
    if (error instanceof FirnError && error.code === 'integrity') await file.drop();
    throw error;
  }
  await file.drop();
  return true;
}

async function uploadOf(
  { storageClass }: PublishingParts,
  identity: string | null,
  path: string,
  key: string,
  file: SpoolFile,
  metadata: Upload['metadata'],
): Promise<Upload> {
  const { sha256, md5 } = file.digests();
  const seal = await sealOf(path, file);
  const tier = /^(warm|cold)\//.exec(path)?.[1] as keyof StorageClasses | undefined;
  return {
    ...{ format: 1, key, bytes: file.bytes, sha256, md5 },
    metadata: {
      ...metadata,
      [NAMES.sha256]: sha256,
      [NAMES.write]: randomBytes(16).toString('hex'),
      ...(seal === null ? {} : { [NAMES.seal]: seal }),
      ...(identity === null ? {} : { [NAMES.archive]: identity }),
    },
    storageClass: tier === undefined ? null : storageClass[tier],
  };
}

/** Null for a file without a seal. */
async function sealOf(path: string, file: SpoolFile): Promise<string | null> {
  const kind = hasGenerations(path) ? 'bundle' : parseWarmPath(path) === null ? null : 'segment';
  if (kind === null) return null;
  try {
    return (await readTail(file, path, kind)).digest;
  } catch (error) {
    if (error instanceof FirnError && error.code === 'integrity') return null;
    throw error;
  }
}
