import { checkPath, QUARANTINE } from '../../../src/archive/archive-path.ts';
import type {
  ArchiveCapabilities,
  ArchiveStore,
  AwayLocation,
  OpenFile,
  PendingFile,
  StoredFile,
} from '../../../src/archive/archive-store.ts';
import { describeHolder, type LockHolder } from '../../../src/lock/lock-holder.ts';
import { FirnError } from '../../../src/model/errors.ts';

/** What outlives a process: the files, and the temporary files it left. Several stores may share one. */
export class MemoryPlace {
  readonly files: Map<string, Uint8Array> = new Map();
  readonly temporary: Set<string> = new Set();
  locked: LockHolder | null = null;
  #next = 1;

  temporaryName(): string {
    return `.tmp/${this.#next++}.tmp`;
  }
}

/** An archive in memory: the obligations of the contract in their plainest form. */
export class MemoryArchive implements ArchiveStore {
  readonly location: string = 'memory';
  readonly apart = null;
  readonly away = async (): Promise<readonly AwayLocation[]> => [];
  readonly capabilities: ArchiveCapabilities = {
    localPath: () => null,
    erasesInPlace: true,
    isRemote: false,
  };
  readonly #place: MemoryPlace;
  readonly #pending = new Set<string>();

  constructor(place: MemoryPlace = new MemoryPlace()) {
    this.#place = place;
  }

  traffic(): null {
    return null;
  }

  async lock(holder: LockHolder): Promise<AsyncDisposable> {
    const place = this.#place;
    if (place.locked !== null) {
      throw new FirnError('locked', `${describeHolder(place.locked)} holds the lock`, { operation: 'lock' });
    }
    place.locked = holder;
    return {
      [Symbol.asyncDispose]: async () => {
        if (place.locked === holder) place.locked = null;
      },
    };
  }

  async list(prefix: string): Promise<readonly StoredFile[]> {
    if (prefix !== '') checkPath(prefix, 'list');
    return [...this.#place.files]
      .filter(([path]) => prefix === '' || path.startsWith(`${prefix}/`))
      .map(([path, bytes]) => ({ path, bytes: bytes.length }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async strays(): Promise<readonly string[]> {
    return [];
  }

  async create(path: string): Promise<PendingFile> {
    checkPath(path, 'create');
    const temporary = this.#place.temporaryName();
    this.#place.temporary.add(temporary);
    this.#pending.add(temporary);
    return new MemoryPendingFile(this.#place.files, path, () => {
      this.#place.temporary.delete(temporary);
      this.#pending.delete(temporary);
    });
  }

  async open(path: string): Promise<OpenFile> {
    const bytes = this.#get(path, 'open');
    return {
      bytes: bytes.length,
      read: async (offset, length) => slice(bytes, path, offset, length),
      [Symbol.asyncDispose]: async () => {},
    };
  }

  async settle(path: string): Promise<void> {
    this.#get(path, 'settle');
  }

  async remove(path: string): Promise<void> {
    checkPath(path, 'remove');
    this.#place.files.delete(path);
  }

  async quarantine(path: string, note: string): Promise<string> {
    const bytes = this.#get(path, 'quarantine');
    if (path.startsWith(`${QUARANTINE}/`))
      throw new FirnError('refused', 'already in quarantine', { operation: 'quarantine', path });
    let target = `${QUARANTINE}/${path}`;
    for (let n = 2; this.#place.files.has(target); n++) target = `${QUARANTINE}/${path}.${n}`;
    this.#place.files.set(`${target}.note.txt`, new TextEncoder().encode(`${path}\n${note}\n`));
    this.#place.files.set(target, bytes);
    this.#place.files.delete(path);
    return target;
  }

  async sweep(): Promise<readonly string[]> {
    const left = [...this.#place.temporary].filter((name) => !this.#pending.has(name)).sort();
    for (const name of left) this.#place.temporary.delete(name);
    return left;
  }

  #get(path: string, operation: string): Uint8Array {
    checkPath(path, operation);
    const bytes = this.#place.files.get(path);
    if (bytes === undefined) throw new FirnError('not_found', 'file not found', { operation, path });
    return bytes;
  }
}

class MemoryPendingFile implements PendingFile {
  readonly #files: Map<string, Uint8Array>;
  readonly #path: string;
  readonly #ended: () => void;
  #content: Uint8Array = new Uint8Array();
  #state: 'writing' | 'synced' | 'named' | 'abandoned' = 'writing';

  constructor(files: Map<string, Uint8Array>, path: string, ended: () => void) {
    this.#files = files;
    this.#path = path;
    this.#ended = ended;
  }

  get bytes(): number {
    return this.#content.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#expect('writing');
    this.#content = Buffer.concat([this.#content, bytes]);
  }

  async sync(): Promise<void> {
    if (this.#state === 'synced') return;
    this.#expect('writing');
    this.#state = 'synced';
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#expect('synced');
    return slice(this.#content, this.#path, offset, length);
  }

  async publish(): Promise<void> {
    this.#expect('synced');
    if (this.#files.has(this.#path)) throw this.#refused('the name is taken');
    this.#name();
  }

  async replace(): Promise<void> {
    this.#expect('synced');
    this.#name();
  }

  async abandon(): Promise<void> {
    if (this.#state === 'named') return;
    this.#state = 'abandoned';
    this.#ended();
  }

  #name(): void {
    this.#files.set(this.#path, this.#content);
    this.#state = 'named';
    this.#ended();
  }

  #expect(state: string): void {
    if (this.#state !== state) throw this.#refused(`the file is ${this.#state}, not ${state}`);
  }

  #refused(message: string): FirnError {
    return new FirnError('refused', message, { operation: 'use a pending file', path: this.#path });
  }
}

function slice(bytes: Uint8Array, path: string, offset: number, length: number): Uint8Array {
  if (offset >= 0 && length >= 0 && offset + length <= bytes.length)
    return bytes.slice(offset, offset + length);
  throw new FirnError('integrity', 'the file ends before', { operation: 'read', path });
}
