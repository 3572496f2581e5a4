import type { FileSystem } from '../../../../src/archive/disk/file-system.ts';
import { CHANGING, type FileAction, interceptFileSystem } from './intercepted-file-system.ts';
import { systemFailure } from './simulated-disk.ts';

export interface Fault {
  /** The kind of call that fails; `change` is any call that changes the disk. */
  readonly action: FileAction | 'change';
  /** The first call of that kind that fails, counted from 1. */
  readonly nth: number;
  /** The system's code, or `short`: a write that takes only half of the bytes. */
  readonly code:
    | 'ENOSPC'
    | 'EDQUOT'
    | 'EIO'
    | 'EACCES'
    | 'EPERM'
    | 'EROFS'
    | 'EINVAL'
    | 'ENOTSUP'
    | 'EXDEV'
    | 'EMFILE'
    | 'ENFILE'
    | 'EAGAIN'
    | 'EBUSY'
    | 'EINTR'
    | 'ETIMEDOUT'
    | 'short';
  /** Whether all later calls of the kind fail too, as on a disk that stays full. */
  readonly lasting: boolean;
}

/** A file system that fails where it is told to. */
export class FailingFileSystem {
  readonly fileSystem: FileSystem;
  readonly #fault: Fault;
  #met = 0;
  #short = false;

  constructor(inner: FileSystem, fault: Fault) {
    this.#fault = fault;
    this.fileSystem = interceptFileSystem(inner, {
      around: (action, path, run) => this.#around(action, path, run),
      cut: (bytes) => (this.#short ? bytes.subarray(0, bytes.length >> 1) : bytes),
    });
  }

  /** Whether the fault has occurred: when it has not, the scenario has fewer calls of the kind. */
  get struck(): boolean {
    return this.#met >= this.#fault.nth;
  }

  async #around<T>(action: FileAction, path: string, run: () => Promise<T>): Promise<T> {
    if (!this.#strikes(action)) return await run();
    if (this.#fault.code !== 'short') throw systemFailure(this.#fault.code, action, path);
    this.#short = action === 'write';
    try {
      return await run();
    } finally {
      this.#short = false;
    }
  }

  #strikes(action: FileAction): boolean {
    const { nth, lasting } = this.#fault;
    if (this.#fault.action !== action && !(this.#fault.action === 'change' && CHANGING.has(action)))
      return false;
    this.#met++;
    return lasting ? this.#met >= nth : this.#met === nth;
  }
}
