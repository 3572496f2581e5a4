import { describeHolder, type HeldLock, type LockHolder } from '../../lock/lock-holder.ts';
import { FirnError } from '../../model/errors.ts';
import { failedWith } from '../../model/system-error.ts';
import { LOCK_FILE } from '../archive-path.ts';
import type { FolderTree } from './tree.ts';

const OPERATION = 'lock the archive';

/** The lock of an archive folder: the lock file at its root. */
export class FolderLock {
  readonly #tree: FolderTree;
  /** Who wants the lock as soon as there is a folder. */
  #waiting: LockHolder | null = null;
  #held: HeldLock | null = null;

  constructor(tree: FolderTree) {
    this.#tree = tree;
  }

  async take(holder: LockHolder, operation: string): Promise<AsyncDisposable> {
    if ((await this.#tree.look('', operation)) === null) this.#waiting = holder;
    else await this.#take(holder);
    return { [Symbol.asyncDispose]: () => this.#release() };
  }

  /** To be called before a file is made: the folder may not have been there when the lock was asked for. */
  async takeLate(): Promise<void> {
    const holder = this.#waiting;
    if (holder === null) return;
    await this.#tree.ensure('', OPERATION);
    await this.#take(holder);
    this.#waiting = null;
  }

  async #take(holder: LockHolder): Promise<void> {
    const path = this.#tree.absolute(LOCK_FILE);
    const taken = await this.#tree.fs.lock(path, holder, this.#tree.root).catch(async (error: unknown) => {
      if (await this.#mayOnlyRead(error)) return null;
      throw error;
    });
    if (taken === null) return;
    if (!('heldBy' in taken)) {
      this.#held = taken;
      return;
    }
    const database = taken.heldBy?.database;
    const on =
      database === undefined || database === holder.database ? '' : `, for the database ${database},`;
    throw new FirnError('locked', `${describeHolder(taken.heldBy)}${on} holds the lock of the archive`, {
      operation: OPERATION,
      path: this.#tree.root,
      hint: 'Wait until the other run ends. Its lock ends with its process. Only one database can use an archive.',
    });
  }

  /** Whoever cannot make the lock file cannot make any other file there. */
  async #mayOnlyRead(error: unknown): Promise<boolean> {
    if (failedWith(error, 'EROFS')) return true;
    if (!failedWith(error, 'EACCES', 'EPERM')) return false;
    return (await this.#tree.look(LOCK_FILE, OPERATION)) === null;
  }

  async #release(): Promise<void> {
    const held = this.#held;
    [this.#held, this.#waiting] = [null, null];
    await held?.[Symbol.asyncDispose]();
  }
}
