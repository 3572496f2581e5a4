import { access, type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FirnError } from '../../../model/errors.ts';
import { systemError } from '../../../model/system-error.ts';
import { openTemporary, temporaryBeside } from '../../../operate/install/write-atomically.ts';

/** A new file while it is written. */
export interface OpenNewFile extends AsyncDisposable {
  append(text: Uint8Array): Promise<void>;
  /** Makes the bytes durable, and gives the file its name. Nothing is appended after. */
  publish(): Promise<void>;
}

/** A file that the user wants written. It is written under a temporary name beside its own, so that its own name is only ever that of a whole file. */
export class NewFile {
  /** What is to be written to, until it is published. */
  readonly temporary: string;
  readonly #path: string;
  readonly #operation: string;

  private constructor(path: string, operation: string) {
    [this.#path, this.#operation] = [path, operation];
    this.temporary = temporaryBeside(path);
  }

  /**
   * @param operation what is done, for messages.
   * @throws FirnError `refused` when there is such a file already, `io` when none can be made.
   */
  static async create(path: string, operation: string): Promise<NewFile> {
    const file = new NewFile(path, operation);
    await file.#requireFree();
    await file.#try(async () => await (await openTemporary(file.temporary)).close());
    return file;
  }

  /** Lets `write` write it, and gives it its name. When that fails nothing is left of it. */
  async write<T>(write: (append: (text: Uint8Array) => Promise<void>) => Promise<T>): Promise<T> {
    await using file = await this.open();
    const result = await write((text) => file.append(text));
    await file.publish();
    return result;
  }

  /** Opens it to be written step by step. Disposed of before it is published, nothing is left of it. */
  async open(): Promise<OpenNewFile> {
    const file = await this.#try(() => open(this.temporary, 'a')).catch(async (error) => {
      await rm(this.temporary, { force: true });
      throw error;
    });
    let isPublished = false;
    return {
      append: (text) => this.#try(() => file.appendFile(text)),
      publish: async () => {
        await this.#try(() => synced(file));
        await this.#publish();
        isPublished = true;
      },
      [Symbol.asyncDispose]: async () => {
        await file.close();
        if (!isPublished) await rm(this.temporary, { force: true });
      },
    };
  }

  async #publish(): Promise<void> {
    try {
      // Never in the place of a file that came meanwhile.
      await link(this.temporary, this.#path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw this.#taken();
      // A file system without links: what came meanwhile is not replaced, as far as can be seen just before.
      await this.#requireFree();
      await this.#try(() => rename(this.temporary, this.#path));
      return;
    }
    await rm(this.temporary);
  }

  async #requireFree(): Promise<void> {
    const isThere = await access(this.#path).then(
      () => true,
      () => false,
    );
    if (isThere) throw this.#taken();
  }

  async #try<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      const { code = 'EIO' } = error as NodeJS.ErrnoException;
      const { message } = systemError(code, this.#operation, dirname(this.#path), '', error);
      throw new FirnError('io', message, {
        operation: this.#operation,
        path: this.#path,
        hint: 'Nothing of the file is left. Make it possible to write there, or name another file.',
        cause: error,
      });
    }
  }

  #taken(): FirnError {
    return new FirnError('refused', 'the file exists already', {
      operation: this.#operation,
      path: this.#path,
      hint: 'Pass another file name, or delete the file first.',
    });
  }
}

async function synced(file: FileHandle): Promise<void> {
  await file.sync();
  await file.close();
}
