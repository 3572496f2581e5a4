import type { FileHandle, FileSystem } from '../../src/archive/disk/file-system.ts';
import { nodeFileSystem } from '../../src/archive/disk/node-file-system.ts';

/** The operating system's files, all of them closed in the end, as the system closes those of a process that is killed. */
export class OpenFiles implements AsyncDisposable {
  readonly #handles: FileHandle[] = [];
  readonly fileSystem: FileSystem = {
    ...nodeFileSystem,
    create: async (path) => this.#keep(await nodeFileSystem.create(path)),
    open: async (path) => this.#keep(await nodeFileSystem.open(path)),
  };

  #keep(handle: FileHandle): FileHandle {
    this.#handles.push(handle);
    return handle;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handle of this.#handles.splice(0)) await handle.close();
  }
}
