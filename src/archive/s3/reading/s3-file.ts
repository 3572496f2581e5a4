import type { ReadUse } from '../../../format/segment/segment.ts';
import { FirnError } from '../../../model/errors.ts';
import { GoneFile, type OpenFile } from '../../archive-store.ts';
import type { IndexCache, IndexParts } from '../cache/index-cache.ts';
import { plainEtag } from '../requests/etag.ts';
import { addressOf } from '../requests/s3-address.ts';
import type { S3Client } from '../requests/s3-client.ts';
import type { ByteRange } from './plan-ranges.ts';
import { RangeReader } from './range-reader.ts';

/** One object as it was when it was opened. */
export interface ObjectVersion {
  /** In the bucket. */
  readonly key: string;
  readonly bytes: number;
  /** Without quotation marks; '' where the server gives none. */
  readonly etag: string;
}

/** Indexes of the object that are on this machine. */
interface KeptIndex {
  readonly cache: IndexCache;
  readonly parts: IndexParts | null;
}

const OPERATION = 'read an archive file';

/** A file of the archive, open for reading. Every request asks for this version of the object alone. */
export class S3File implements OpenFile {
  readonly bytes: number;
  readonly #client: S3Client;
  readonly #version: ObjectVersion;
  readonly #ranges: RangeReader;
  readonly #cache: IndexCache | null;
  /** What was read of its indexes, by `offset:length`. */
  readonly #parts: Map<string, Uint8Array>;
  #saved: number;

  /** @param kept where what is read of its indexes is kept, and what is there of it already. */
  constructor(client: S3Client, version: ObjectVersion, kept: KeptIndex | null = null) {
    this.bytes = version.bytes;
    this.#client = client;
    this.#version = version;
    this.#cache = kept?.cache ?? null;
    this.#parts = new Map(kept?.parts);
    this.#saved = this.#parts.size;
    this.#ranges = new RangeReader(version.bytes, (range) => this.#fetch(range));
  }

  /** Bytes that came with the answer that the file was opened with. */
  hold(offset: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#ranges.hold(offset, bytes);
  }

  async read(offset: number, length: number, use: ReadUse = 'rows'): Promise<Uint8Array> {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.bytes))
      throw this.#endsBefore(offset, length);
    if (length === 0) return new Uint8Array();
    if (use === 'rows' || this.#cache === null) return await this.#ranges.read(offset, length, use);
    const name = `${offset}:${length}`;
    const known = this.#parts.get(name);
    if (known !== undefined) return known.slice();
    const bytes = await this.#ranges.read(offset, length, use);
    this.#parts.set(name, bytes.slice());
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // There is nothing to close.
    if (this.#cache === null || this.#parts.size === this.#saved) return;
    this.#saved = this.#parts.size;
    await this.#cache.save(this.#version, this.#parts);
  }

  async #fetch({ offset, end }: ByteRange): Promise<Uint8Array> {
    const { key, etag } = this.#version;
    const { status, headers, body } = await this.#client.send({
      ...{ method: 'GET', key, operation: OPERATION, expectedBytes: end - offset },
      headers: { range: `bytes=${offset}-${end - 1}`, ...(etag === '' ? {} : { 'if-match': etag }) },
    });
    if (status === 404 || status === 412) throw this.#gone();
    const bytes = await body();
    const found = plainEtag(headers.get('etag') ?? '');
    if (found !== etag || status === 416) throw this.#gone();
    // A server may answer with all of the object.
    if (status === 200 && bytes.length === this.bytes) return bytes.slice(offset, end);
    if (status === 206 && bytes.length === end - offset) return bytes;
    throw new FirnError(
      'unavailable',
      `the server did not answer with the bytes that it was asked for (${status})`,
      {
        ...{ operation: OPERATION, path: this.#address() },
        hint: 'Check the endpoint of the location, and what stands between it and this machine. Then run again.',
      },
    );
  }

  #gone(): FirnError {
    return new GoneFile({ operation: OPERATION, path: this.#address() });
  }

  #endsBefore(offset: number, length: number): FirnError {
    const message = `the file ends at byte ${this.bytes}, before the ${length} bytes at ${offset}`;
    return new FirnError('integrity', message, {
      ...{ operation: OPERATION, path: this.#address() },
      hint: 'Run firn verify --deep to find the damage.',
    });
  }

  #address(): string {
    return addressOf(this.#client.location, this.#version.key);
  }
}
