import { createHash, type Hash } from 'node:crypto';
import { sizes } from '../../../model/sizes.ts';
import { failedWith, reporting, systemError } from '../../../model/system-error.ts';
import type { FileHandle, FileSystem } from '../../disk/file-system.ts';
import { ifPresent } from '../../disk/if-present.ts';
import { readExactly } from '../../disk/read-exactly.ts';
import type { Upload } from '../objects/upload.ts';

/** The digests of all bytes of a file. */
export interface Digests {
  /** Hexadecimal. */
  readonly sha256: string;
  /** Base64. */
  readonly md5: string;
}

/** One file of the spool, and its record once it is being sent. */
export class SpoolFile {
  readonly name: string;
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #ended: () => void;
  readonly #sha256: Hash = createHash('sha256');
  readonly #md5: Hash = createHash('md5');
  #digests: Digests | null = null;
  /** Null where only the record is left. */
  #handle: FileHandle | null;
  #bytes = 0;

  private constructor(
    fs: FileSystem,
    folder: string,
    name: string,
    handle: FileHandle | null,
    ended: () => void = () => undefined,
  ) {
    [this.#fs, this.#folder, this.name, this.#handle, this.#ended] = [fs, folder, name, handle, ended];
  }

  static async create(fs: FileSystem, folder: string, name: string, ended: () => void): Promise<SpoolFile> {
    return new SpoolFile(fs, folder, name, await fs.create(`${folder}/${name}.data`), ended);
  }

  /** A file that an earlier process left. */
  static async open(fs: FileSystem, folder: string, name: string): Promise<SpoolFile> {
    const handle = await ifPresent(() => fs.open(`${folder}/${name}.data`));
    const file = new SpoolFile(fs, folder, name, handle);
    file.#bytes = handle === null ? 0 : (await handle.stat()).bytes;
    return file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const position = this.#bytes;
    this.#bytes += bytes.length;
    await this.#do(WRITE, async () => {
      const written = bytes.length === 0 ? 0 : await this.#handle!.write(bytes, position);
      if (written !== bytes.length) {
        const cause = new Error(`wrote ${written} of ${bytes.length} bytes at ${position}`);
        throw systemError('ENOSPC', WRITE, this.#folder, '', cause);
      }
      this.#sha256.update(bytes);
      this.#md5.update(bytes);
    });
  }

  /** Makes the bytes durable. */
  sync(): Promise<void> {
    return this.#do('make a file of the spool durable', async () => {
      await this.#handle!.sync();
      await syncEntries(this.#fs, this.#folder);
    });
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#do('read a file of the spool', () =>
      readExactly(this.#handle!, this.#bytes, this.#path, offset, length),
    );
  }

  /** Of what was written; nothing may be written after. */
  digests(): Digests {
    this.#digests ??= { sha256: this.#sha256.digest('hex'), md5: this.#md5.digest('base64') };
    return this.#digests;
  }

  /** The SHA-256 of a part as it is on the disk, hexadecimal, and its MD5. */
  async digestsOf(offset: number, length: number): Promise<Digests> {
    const [sha256, md5] = [createHash('sha256'), createHash('md5')];
    for (let at = 0; at < length; at += sizes.hashedBytes) {
      const bytes = await this.read(offset + at, Math.min(sizes.hashedBytes, length - at));
      sha256.update(bytes);
      md5.update(bytes);
    }
    return { sha256: sha256.digest('hex'), md5: md5.digest('base64') };
  }

  /** The bytes, read from the disk as they are sent. */
  blob(): Promise<Blob> {
    return this.#do('read a file of the spool', () => this.#fs.blob(this.#path));
  }

  /** Writes down, durably, what is being sent from now on. */
  async begin(upload: Upload): Promise<void> {
    await this.#do(WRITE, async () => {
      const record = await this.#fs.create(`${this.#record}.new`);
      try {
        const bytes = Buffer.from(`${JSON.stringify(upload)}\n`);
        if ((await record.write(bytes, 0)) !== bytes.length)
          throw systemError('ENOSPC', WRITE, this.#folder, '');
        await record.sync();
      } finally {
        await record.close();
      }
      await this.#fs.rename(`${this.#record}.new`, this.#record);
      await syncEntries(this.#fs, this.#folder);
    });
  }

  /** The text of the record; null when there is none. */
  async readRecord(): Promise<string | null> {
    const record = await ifPresent(() => this.#fs.open(this.#record));
    if (record === null) return null;
    try {
      const { bytes } = await record.stat();
      return Buffer.from(await readExactly(record, bytes, this.#record, 0, bytes)).toString();
    } finally {
      await record.close();
    }
  }

  /** Removes the file: the record first, durably, so that nothing is ever sent again that the bucket has. */
  drop(): Promise<void> {
    return this.#do('remove a file of the spool', async () => {
      await this.#close();
      if (await this.#unlink(this.#record)) await syncEntries(this.#fs, this.#folder);
      await this.#unlink(`${this.#record}.new`);
      await this.#unlink(this.#path);
      this.#ended();
    });
  }

  /** Leaves the file as it is: the next run goes on with it. */
  async leave(): Promise<void> {
    await this.#close();
  }

  get #path(): string {
    return `${this.#folder}/${this.name}.data`;
  }

  get #record(): string {
    return `${this.#folder}/${this.name}.put`;
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  async #unlink(path: string): Promise<boolean> {
    const removed = await ifPresent(async () => {
      await this.#fs.unlink(path);
      return true;
    });
    return removed ?? false;
  }

  #do<T>(operation: string, action: () => Promise<T>): Promise<T> {
    return reporting(operation, this.#folder, '', action);
  }
}

const WRITE = 'write a file of the spool';

/** Makes entries of a folder durable, as far as its file system can. */
export async function syncEntries(fs: FileSystem, folder: string): Promise<void> {
  try {
    await fs.syncFolder(folder);
  } catch (error) {
    if (!failedWith(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EACCES', 'EPERM')) throw error;
  }
}
