import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { failedWith, reporting } from '../../../model/system-error.ts';
import type { FileSystem } from '../../disk/file-system.ts';
import { ifPresent } from '../../disk/if-present.ts';
import { parseUpload, type Upload } from '../objects/upload.ts';
import { SpoolFile, syncEntries } from './spool-file.ts';

/** What an earlier process left in the spool. */
export interface Leftover {
  readonly file: SpoolFile;
  /** What was being sent; null when sending had not begun. */
  readonly upload: Upload | null;
}

const DATA = /^([0-9a-f]{32})\.data$/;
const RECORD = /^([0-9a-f]{32})\.put(\.new)?$/;

/**
 * A folder of the local disk with the bytes of objects until the bucket has them. `<name>.data` has the bytes; `<name>.put` says where they are
 * sent, and is durable before the first request. The folder appears with the first file.
 */
export class Spool {
  readonly folder: string;
  readonly #fs: FileSystem;
  /** Files of this process. */
  readonly #own = new Set<string>();
  #isReady = false;

  constructor(folder: string, fs: FileSystem) {
    this.folder = folder;
    this.#fs = fs;
  }

  async create(): Promise<SpoolFile> {
    return await this.#do('create a file in the spool', async () => {
      await this.#ensure();
      const name = randomBytes(16).toString('hex');
      this.#own.add(name);
      return await SpoolFile.create(this.#fs, this.folder, name, () => this.#own.delete(name));
    });
  }

  /** Files that other processes left. Only safe while no other process uses the spool. */
  async leftovers(): Promise<readonly Leftover[]> {
    return await this.#do('look for files in the spool', async () => {
      const names = new Set<string>();
      for (const { name, kind } of await this.#entries()) {
        const own = DATA.exec(name)?.[1] ?? RECORD.exec(name)?.[1];
        if (kind === 'file' && own !== undefined && !this.#own.has(own)) names.add(own);
      }
      const found: Leftover[] = [];
      for (const name of [...names].sort()) {
        const file = await SpoolFile.open(this.#fs, this.folder, name);
        const record = await file.readRecord();
        found.push({ file, upload: record === null ? null : parseUpload(record) });
      }
      return found;
    });
  }

  async #entries(): Promise<Awaited<ReturnType<FileSystem['readdir']>>> {
    return (await ifPresent(() => this.#fs.readdir(this.folder))) ?? [];
  }

  /** The folder and the one that it is in, durably: any of them may be one that an earlier process made. */
  async #ensure(): Promise<void> {
    if (this.#isReady) return;
    for (const folder of [dirname(this.folder), this.folder]) {
      try {
        await this.#fs.mkdir(folder);
      } catch (error) {
        if (!failedWith(error, 'EEXIST')) throw error;
      }
      await syncEntries(this.#fs, dirname(folder));
    }
    this.#isReady = true;
  }

  #do<T>(operation: string, action: () => Promise<T>): Promise<T> {
    return reporting(operation, this.folder, '', action);
  }
}
