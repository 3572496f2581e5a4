import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import type { FileSystem } from '../../../src/archive/disk/file-system.ts';
import type { HotDisk } from '../../../src/hot/hot-stats.ts';
import type { HotReader } from '../../../src/hot/hot-store.ts';
import { type AroundCall, interceptCalls } from './disk/intercepted-calls.ts';
import { CHANGING, interceptFileSystem } from './disk/intercepted-file-system.ts';

/** Where the program stops: at the `at`-th action (from 1), before it takes effect or after it did but before it returns. */
export interface StopPoint {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Thrown by everything the stopped program still tries, as nothing of it would happen after SIGKILL. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Counts the actions of the stores it wraps, all together, and stops the program at one of them. */
export class Stopper {
  /** The names of the actions begun so far, in order. */
  readonly actions: string[] = [];
  readonly #point: StopPoint | null;
  readonly #countsReads: boolean;
  readonly #before: ((at: number, name: string) => Promise<void>) | null;
  #stopped: Stopped | null = null;

  /**
   * @param point null never stops.
   * @param before what others do before an action takes effect; `at` is its number.
   */
  constructor(
    point: StopPoint | null,
    countsReads = false,
    before: ((at: number, name: string) => Promise<void>) | null = null,
  ) {
    this.#point = point;
    this.#countsReads = countsReads;
    this.#before = before;
  }

  get stopped(): boolean {
    return this.#stopped !== null;
  }

  archive(store: ArchiveStore): ArchiveStore {
    return this.#wrap('archive', store, ARCHIVE_READS, (member, value) => {
      if (member === 'create') return this.#wrap('pending', value as object, FILE_READS);
      return member === 'open' ? this.#wrap('file', value as object, FILE_READS) : value;
    });
  }

  hot<S extends HotReader>(store: S): S {
    return this.#wrap('hot', store, HOT_READS, (member, value) => {
      if (member === 'rows') return this.#wrap('rows', value as object, ROW_READS);
      return member === 'ledger' ? this.#wrap('ledger', value as object, LEDGER_READS) : value;
    });
  }

  disk(disk: HotDisk): HotDisk {
    return this.#wrap('disk', disk, DISK_READS);
  }

  /** Below a folder store, for stops between the system calls of one action. */
  fileSystem(fileSystem: FileSystem): FileSystem {
    return interceptFileSystem(fileSystem, {
      around: (action, path, run) => this.act(`${action} ${path}`, CHANGING.has(action), run),
    });
  }

  /** Runs one action, unless the program has stopped or stops here. */
  readonly act: AroundCall = async (name, changes, run) => {
    this.#check();
    const counts = changes || this.#countsReads;
    const at = counts ? this.actions.push(name) : 0;
    if (counts && this.#before !== null) {
      await this.#before(at, name);
      this.#check();
    }
    const here = counts && this.#point?.at === at ? this.#point.when : null;
    if (here === 'before') this.#stop(`before ${name}`);
    try {
      return await run();
    } finally {
      if (here === 'after') this.#stop(`after ${name}`);
      this.#check();
    }
  };

  #wrap<T extends object>(
    name: string,
    target: T,
    reads: ReadonlySet<string>,
    wrap: (member: string, value: unknown) => unknown = (_, value) => value,
  ): T {
    return interceptCalls(target, { name, reads, around: this.act, disposes: () => !this.stopped, wrap });
  }

  #stop(where: string): void {
    this.#stopped ??= new Stopped(`stopped at action ${this.actions.length}, ${where}`);
    throw this.#stopped;
  }

  #check(): void {
    if (this.#stopped !== null) throw this.#stopped;
  }
}

const ARCHIVE_READS = new Set(['list', 'strays', 'open', 'away']);
const DISK_READS = new Set(['file', 'room']);
const FILE_READS = new Set(['read']);
export const HOT_READS: ReadonlySet<string> = new Set([
  'tables',
  'shape',
  'survey',
  'blocks',
  'othersWrote',
  'lastHeldMs',
  'lookAtOther',
  'references',
  'parentless',
  'surveyBound',
  'unitRanges',
  'version',
]);
export const ROW_READS: ReadonlySet<string> = new Set(['leases']);
export const LEDGER_READS: ReadonlySet<string> = new Set([
  'identity',
  'generation',
  'index',
  'receipts',
  'receipt',
  'changed',
  'holds',
  'lakeFiles',
  'isTogether',
]);
