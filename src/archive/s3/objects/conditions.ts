import { createHash, randomBytes } from 'node:crypto';
import { FirnError } from '../../../model/errors.ts';
import { TEMPORARY } from '../../archive-path.ts';
import { RemovalRefused } from '../../archive-store.ts';
import { IDENTITY_FILE } from '../../identity.ts';
import { plainEtag } from '../requests/etag.ts';
import { s3CodeOf } from '../requests/s3-failure.ts';
import { childText, parseXml } from '../requests/s3-xml.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { abortUpload } from './multipart.ts';
import { headObject } from './object-head.ts';
import type { ObjectRemover } from './object-versions.ts';
import type { Trust } from './put-object.ts';
import { META } from './upload.ts';

const OPERATION = 'find out whether the server honours conditions';

/** What is known of an archive before its first change. */
export interface FirstLook {
  /** What `archive.json` says; null where there is none, or none that can be understood. */
  readonly identity: string | null;
}

/** Finds out, once and before the first change, whether the server writes under conditions only when they hold. Leaves nothing behind. */
export class Conditions implements Trust {
  readonly #bucket: ArchiveBucket;
  readonly #remover: ObjectRemover;
  readonly #allowsUnconditional: boolean;
  #looked: Promise<FirstLook> | null = null;
  #parts: Promise<boolean> | null = null;

  constructor(bucket: ArchiveBucket, remover: ObjectRemover, allowsUnconditional: boolean) {
    this.#bucket = bucket;
    this.#remover = remover;
    this.#allowsUnconditional = allowsUnconditional;
  }

  /** With `allow_unconditional` nobody looks, so that no condition is relied on. */
  get put(): boolean {
    return !this.#allowsUnconditional;
  }

  /** Throws `refused` for a server that ignores conditions. */
  look(): Promise<FirstLook> {
    this.#looked ??= this.#lookAround();
    // Its failure is for everybody who asks; a later call asks anew.
    this.#looked.catch(() => {
      this.#looked = null;
    });
    return this.#looked;
  }

  /** The same, after the archive got another mark. */
  lookAgain(): Promise<FirstLook> {
    this.#looked = null;
    return this.look();
  }

  /**
   * The same before the archive is marked, which is the first change of every archive: the mark itself is what conditions are tried on, as soon
   * as it is there, so that no object is made only for that. Returns false when it is there already.
   */
  async lookBeforeMark(): Promise<boolean> {
    const marker = await this.#bucket.send({ method: 'HEAD', key: IDENTITY_FILE }, OPERATION);
    if (marker.status !== 404) return false;
    const key = `${TEMPORARY}/probe-${randomBytes(8).toString('hex')}`;
    const { replace, noVersion } = this.#bucket.conditions;
    if (!this.put || !(await this.#ignores(key, Buffer.from('first'), replace(noVersion)))) return true;
    await this.#remover.remove(key);
    throw refused(this.#bucket, `(${Object.keys(replace(noVersion)).join()})`);
  }

  async parts(): Promise<boolean> {
    if (this.#allowsUnconditional) return false;
    this.#parts ??= this.#withProbe((key) => this.#completes(key));
    if (await this.#parts) return true;
    throw refused(this.#bucket, 'at the end of an upload in parts (If-None-Match)');
  }

  async #lookAround(): Promise<FirstLook> {
    const marker = await this.#bucket.send({ method: 'GET', key: IDENTITY_FILE }, OPERATION);
    if (marker.status !== 200) {
      if (this.put) await this.#withProbe((key) => this.#probe(key, Buffer.from('second'), {}));
      return { identity: null };
    }
    const body = await marker.body();
    const metadata = [...marker.headers].filter(([name]) => name.startsWith(META));
    // With its own bytes: a server that ignores the condition changes nothing.
    if (this.put) await this.#probe(IDENTITY_FILE, body, Object.fromEntries(metadata));
    return { identity: identityIn(body) };
  }

  /** @param key of an object that is there. */
  async #probe(key: string, body: Uint8Array, metadata: Readonly<Record<string, string>>): Promise<void> {
    const { create, replace, noVersion } = this.#bucket.conditions;
    for (const condition of [create, replace(noVersion)]) {
      if (await this.#ignores(key, body, { ...metadata, ...condition }))
        throw refused(this.#bucket, `(${Object.keys(condition).join()})`);
    }
  }

  async #ignores(key: string, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<boolean> {
    const md5 = createHash('md5').update(body).digest('base64');
    try {
      const request = { method: 'PUT', key, headers: { ...headers, 'content-md5': md5 }, body } as const;
      return (await this.#bucket.sendIf(request, OPERATION)) !== null;
    } catch (error) {
      if (s3CodeOf(error) === 'NotImplemented') return true;
      throw error;
    }
  }

  /** Does something with an object that is there meanwhile. */
  async #withProbe<T>(action: (key: string) => Promise<T>): Promise<T> {
    const key = `${TEMPORARY}/probe-${randomBytes(8).toString('hex')}`;
    const isNew = await this.#ignores(key, Buffer.from('first'), this.#bucket.conditions.create);
    // Nobody else knows the name: what has it was written by an attempt whose answer was lost.
    if (!isNew && (await headObject(this.#bucket, key, OPERATION)) === null)
      throw refused(this.#bucket, 'for a new object');
    try {
      return await action(key);
    } finally {
      // Where objects are locked, the next run reports it.
      await this.#remover.remove(key).catch(unlessRefused);
    }
  }

  /** Whether the end of an upload in parts fails when there is an object. */
  async #completes(key: string): Promise<boolean> {
    const bucket = this.#bucket;
    const begun = await bucket.send({ method: 'POST', key, query: { uploads: '' } }, OPERATION);
    const uploadId = childText(
      parseXml(await begun.body(), 'InitiateMultipartUploadResult', OPERATION, bucket.address(key)),
      'UploadId',
    );
    try {
      const part = await bucket.send(
        { method: 'PUT', key, query: { partNumber: '1', uploadId }, body: Buffer.from('second') },
        OPERATION,
      );
      const etag = plainEtag(part.headers.get('etag') ?? '');
      const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part></CompleteMultipartUpload>`;
      const { create } = bucket.conditions;
      const request = { method: 'POST', key, query: { uploadId }, headers: create, body: Buffer.from(list) };
      const ended = await bucket.sendIf({ ...request, method: 'POST' }, OPERATION);
      return ended === null || Buffer.from(await ended.body()).includes('PreconditionFailed');
    } finally {
      await abortUpload(bucket, { key, uploadId });
    }
  }
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof RemovalRefused)) throw error;
}

function identityIn(body: Uint8Array): string | null {
  try {
    const { database } = JSON.parse(Buffer.from(body).toString());
    return typeof database === 'string' ? database : null;
  } catch {
    return null;
  }
}

function refused(bucket: ArchiveBucket, which: string): FirnError {
  return new FirnError('refused', `the server ignores conditions ${which}`, {
    ...{ operation: OPERATION, path: bucket.address('') },
    hint:
      'Without them, two runs on two machines can overwrite the files of each other. Use another server or a newer version of it (docs/s3.md). ' +
      'If no other machine ever writes to this archive, set s3: {allow_unconditional: true} in the configuration.',
  });
}
