import { constants } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HotReader } from '../../../../src/hot/hot-store.ts';
import { HOT_READS, LEDGER_READS } from '../stopper.ts';
import { interceptCalls } from './intercepted-calls.ts';

/**
 * Copies a SQLite database after each of its commits, so that a power cut can lose the last of them. In WAL mode with
 * `synchronous = NORMAL` that is every commit since the last one that was synced: those of drains since the last of the ledger.
 */
export class SnapshottingDatabase {
  /** What was committed: `hot.drain`, `ledger.put` … Commit k is `commits[k - 1]`; 0 is the state at the start. */
  readonly commits: string[] = [];
  readonly #path: string;
  readonly #folder: string;
  #durable = 0;

  private constructor(path: string, folder: string) {
    this.#path = path;
    this.#folder = folder;
  }

  /** @param folder where the copies go; it is made. */
  static async of(path: string, folder: string): Promise<SnapshottingDatabase> {
    await mkdir(folder, { recursive: true });
    const database = new SnapshottingDatabase(path, folder);
    await database.#copy();
    return database;
  }

  /** How many commits an honest power cut keeps at least: the ledger's are durable, and so is all that came before them. */
  get durable(): number {
    return this.#durable;
  }

  /** The same store; every call that commits is followed by a copy. */
  hot<S extends HotReader>(store: S): S {
    return this.#wrap('hot', store, HOT_READS);
  }

  /** Notes a commit that came from elsewhere. No write may be going on. */
  async committed(name: string): Promise<void> {
    this.commits.push(name);
    if (name.startsWith('ledger.')) this.#durable = this.commits.length;
    await this.#copy();
  }

  /** Puts the database back to where it was after `commit` commits. Nobody may have it open. */
  async rollTo(commit: number): Promise<void> {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(this.#path + suffix, { force: true });
    for (const suffix of KEPT) await copyIfThere(this.#copyOf(commit) + suffix, this.#path + suffix);
  }

  #wrap<T extends object>(name: string, target: T, reads: ReadonlySet<string>): T {
    return interceptCalls(target, {
      name,
      reads,
      disposes: () => true,
      around: async (call, changes, run) => {
        const result = await run();
        if (changes && call !== 'hot.checkpoint') await this.committed(call);
        return result;
      },
      wrap: (member, value) =>
        member === 'ledger' ? this.#wrap('ledger', value as object, LEDGER_READS) : value,
    });
  }

  async #copy(): Promise<void> {
    for (const suffix of KEPT) {
      await copyIfThere(this.#path + suffix, this.#copyOf(this.commits.length) + suffix);
    }
  }

  #copyOf(commit: number): string {
    return join(this.#folder, `${commit}.db`);
  }
}

const KEPT = ['', '-wal'];

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
