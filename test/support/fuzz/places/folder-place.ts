import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import { openFolder } from '../../../../src/archive/folder/folder-archive.ts';
import type { Clock } from '../../../../src/model/clock.ts';
import { SimulatedDisk } from '../../faults/disk/simulated-disk.ts';
import type { Stopper } from '../../faults/stopper.ts';
import type { ArchivePlace } from './archive-place.ts';

const ARCHIVE = '/archive';

/** A folder on a simulated disk. */
export class FolderPlace implements ArchivePlace {
  readonly #disk: SimulatedDisk;

  constructor(disk: SimulatedDisk = new SimulatedDisk()) {
    this.#disk = disk;
  }

  open(_clock: Clock, stopper: Stopper | null): ArchiveStore {
    return openFolder(ARCHIVE, stopper === null ? this.#disk : stopper.fileSystem(this.#disk));
  }

  async files(): Promise<Map<string, Uint8Array>> {
    return await filesBelow(this.#disk, ARCHIVE);
  }

  async pending(): Promise<Map<string, Uint8Array>> {
    return new Map();
  }

  fork(): FolderPlace {
    return new FolderPlace(this.#disk.fork());
  }

  disturb(): void {}

  calm(): void {}

  async arrive(): Promise<void> {}

  isToBeExpected(): boolean {
    return false;
  }

  async leftovers(): Promise<readonly string[]> {
    return [];
  }
}

/** The files below a folder of a simulated disk, by their path in it; none when there is no such folder. */
export async function filesBelow(disk: SimulatedDisk, root: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const walk = async (folder: string): Promise<void> => {
    for (const { name, kind } of await disk.readdir(folder)) {
      const path = `${folder}/${name}`;
      if (kind === 'folder') await walk(path);
      else files.set(path.slice(root.length + 1), await contentOf(disk, path));
    }
  };
  try {
    await walk(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return files;
}

async function contentOf(disk: SimulatedDisk, path: string): Promise<Uint8Array> {
  const { bytes } = await disk.lstat(path);
  const content = new Uint8Array(bytes);
  await (await disk.open(path)).read(content, 0);
  return content;
}
