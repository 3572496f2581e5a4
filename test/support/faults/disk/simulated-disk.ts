import type {
  FileHandle,
  FileStatus,
  FileSystem,
  FolderEntry,
} from '../../../../src/archive/disk/file-system.ts';
import { ifPresent } from '../../../../src/archive/disk/if-present.ts';
import type { HeldLock, LockHolder } from '../../../../src/lock/lock-holder.ts';
import { Random } from '../random.ts';
import { SimulatedFile } from './simulated-file.ts';
import { type Fate, type Node, SimulatedFolder } from './simulated-folder.ts';

/**
 * A disk in memory that keeps no more than POSIX promises. Until a file is synced, its writes may be lost, torn or
 * reordered; until a folder is synced, entries that were added to it or removed from it may or may not be.
 */
export class SimulatedDisk implements FileSystem {
  readonly #root: SimulatedFolder;
  /** Locks end with their processes: no other disk has them. */
  readonly #locks = new Map<string, LockHolder>();

  constructor(root: SimulatedFolder = new SimulatedFolder()) {
    this.#root = root;
  }

  async lock(path: string, holder: LockHolder): Promise<HeldLock | { readonly heldBy: LockHolder }> {
    const heldBy = this.#locks.get(path);
    if (heldBy !== undefined) return { heldBy };
    this.#locks.set(path, holder);
    return { holder, [Symbol.asyncDispose]: async () => void this.#locks.delete(path) };
  }

  /** The disk as it may be found after a power cut now. This disk goes on, so that many cuts can be tried. */
  crash(seed: number): SimulatedDisk {
    const random = new Random(seed);
    const fates = new Map<SimulatedFolder, Fate>();
    chooseFates(this.#root, random, fates);
    while ([...fates.values()].some((fate) => fate.reconcile(fates))) {}
    return new SimulatedDisk(survivor(this.#root, random, fates, new Map()) as SimulatedFolder);
  }

  /** The same disk, on its own from now on. */
  fork(): SimulatedDisk {
    return new SimulatedDisk(this.#root.fork());
  }

  /** Equal only for disks that read the same; with `durability`, only if a power cut may take the same of them, too. */
  print(durability: boolean): string {
    return this.#root.print(durability);
  }

  async create(path: string): Promise<FileHandle> {
    const { folder, name } = this.#place(path, 'open');
    if (folder.entries.has(name)) throw systemFailure('EEXIST', 'open', path);
    const file = new SimulatedFile();
    folder.add(name, file);
    return handle(file);
  }

  async open(path: string): Promise<FileHandle> {
    return handle(this.#file(path, 'open'));
  }

  async blob(path: string): Promise<Blob> {
    return new Blob([Uint8Array.from(this.#file(path, 'open').content)]);
  }

  async lstat(path: string): Promise<FileStatus> {
    return status(this.#node(path, 'lstat'));
  }

  lstatAll(paths: readonly string[]): Promise<(FileStatus | null)[]> {
    return Promise.all(paths.map((path) => ifPresent(() => this.lstat(path))));
  }

  async stat(path: string): Promise<FileStatus> {
    return status(this.#node(path, 'stat'));
  }

  async readdir(path: string): Promise<readonly FolderEntry[]> {
    const { entries } = this.#folder(path, 'scandir');
    return [...entries].map(([name, node]) => ({ name, kind: status(node).kind }));
  }

  async mkdir(path: string): Promise<void> {
    const { folder, name } = this.#place(path, 'mkdir');
    if (folder.entries.has(name)) throw systemFailure('EEXIST', 'mkdir', path);
    folder.add(name, new SimulatedFolder());
  }

  async rmdir(path: string): Promise<void> {
    const { folder, name } = this.#place(path, 'rmdir');
    if (this.#folder(path, 'rmdir').entries.size > 0) throw systemFailure('ENOTEMPTY', 'rmdir', path);
    folder.remove(name);
  }

  async link(from: string, to: string): Promise<void> {
    const file = this.#file(from, 'link');
    const { folder, name } = this.#place(to, 'link');
    if (folder.entries.has(name)) throw systemFailure('EEXIST', 'link', to);
    folder.add(name, file);
  }

  async rename(from: string, to: string): Promise<void> {
    const file = this.#file(from, 'rename');
    const target = this.#place(to, 'rename');
    if (target.folder.entries.get(target.name) instanceof SimulatedFolder)
      throw systemFailure('EISDIR', 'rename', to);
    const change = target.folder.add(target.name, file);
    const source = this.#place(from, 'rename');
    source.folder.remove(source.name, { folder: target.folder, change });
  }

  async unlink(path: string): Promise<void> {
    this.#file(path, 'unlink');
    const { folder, name } = this.#place(path, 'unlink');
    folder.remove(name);
  }

  async syncFolder(path: string): Promise<void> {
    this.#folder(path, 'fsync').sync();
  }

  #place(path: string, call: string): { readonly folder: SimulatedFolder; readonly name: string } {
    const end = path.lastIndexOf('/');
    return { folder: this.#folder(path.slice(0, end), call), name: path.slice(end + 1) };
  }

  #file(path: string, call: string): SimulatedFile {
    const node = this.#node(path, call);
    if (node instanceof SimulatedFolder) throw systemFailure('EISDIR', call, path);
    return node;
  }

  #folder(path: string, call: string): SimulatedFolder {
    const node = this.#node(path, call);
    if (node instanceof SimulatedFile) throw systemFailure('ENOTDIR', call, path);
    return node;
  }

  #node(path: string, call: string): Node {
    let node: Node = this.#root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (node instanceof SimulatedFile) throw systemFailure('ENOTDIR', call, path);
      const next: Node | undefined = node.entries.get(name);
      if (next === undefined) throw systemFailure('ENOENT', call, path);
      node = next;
    }
    return node;
  }
}

/** A failure as the operating system reports it. */
export function systemFailure(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}

function chooseFates(folder: SimulatedFolder, random: Random, fates: Map<SimulatedFolder, Fate>): void {
  if (fates.has(folder)) return;
  fates.set(folder, folder.chooseFate(random));
  for (const node of folder.remembered())
    if (node instanceof SimulatedFolder) chooseFates(node, random, fates);
}

/** `found` keeps a file with two names one file. */
function survivor(
  node: Node,
  random: Random,
  fates: ReadonlyMap<SimulatedFolder, Fate>,
  found: Map<Node, Node>,
): Node {
  const known = found.get(node);
  if (known !== undefined) return known;
  if (node instanceof SimulatedFile) {
    const file = SimulatedFile.of(node.afterPowerCut(random));
    found.set(node, file);
    return file;
  }
  const { entries } = fates.get(node)!;
  const survivors = [...entries].map(
    ([name, entry]) => [name, survivor(entry, random, fates, found)] as const,
  );
  return SimulatedFolder.of(new Map(survivors));
}

function status(node: Node): FileStatus {
  return node instanceof SimulatedFile
    ? { kind: 'file', bytes: node.content.length }
    : { kind: 'folder', bytes: 0 };
}

function handle(file: SimulatedFile): FileHandle {
  return {
    write: async (bytes, position) => {
      file.write(bytes, position);
      return bytes.length;
    },
    read: async (into, position) => {
      const part = file.content.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
    sync: async () => file.sync(),
    stat: async () => status(file),
    close: async () => {},
  };
}
