import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import type { Copier } from '../../src/copying/copier.ts';
import { inlineCopier } from '../../src/copying/copy-segments.ts';
import { openSqliteReader, openSqliteStore } from '../../src/hot/sqlite/open-sqlite.ts';
import { type RunOptions, runArchive } from '../../src/lifecycle/archive/archive-run.ts';
import type { Clock } from '../../src/model/clock.ts';
import { SimulatedDisk } from './faults/disk/simulated-disk.ts';
import type { Trial } from './faults/each-stop.ts';
import { assertConserved } from './faults/rows/conservation.ts';
import { RowBook } from './faults/rows/row-book.ts';
import type { Stopper } from './faults/stopper.ts';
import { disturbedCopier } from './worlds/disturbed-copier.ts';
import { createSmallDatabase, SMALL_NOW, SMALL_POLICIES } from './worlds/small-database.ts';

/** A clock that stands still, but for the sleeps. */
export function standingClock(now: number = SMALL_NOW): Clock {
  let passed = 0;
  return {
    now: () => now,
    monotonic: () => passed,
    sleep: async (ms) => {
      passed += ms;
    },
  };
}

/** A small database with its archive on a simulated disk, and the rows that must be somewhere. */
export class ArchiveTrial implements Trial {
  readonly database: string;
  disk: SimulatedDisk = new SimulatedDisk();
  readonly book: RowBook;
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'firn-trial-'));
  /** What others do to the database when a segment was copied, and not yet drained. */
  readonly #meanwhile: (path: string, segment: string, book: RowBook) => void;

  constructor(meanwhile: (path: string, segment: string, book: RowBook) => void = () => undefined) {
    this.database = join(this.#folder, 'small.db');
    createSmallDatabase(this.database);
    this.book = RowBook.photograph(this.database, ['notes', 'pairs', 'bare']);
    this.#meanwhile = meanwhile;
  }

  archive(): ArchiveStore {
    return openFolder('/archive', this.disk);
  }

  /** The archive that runs use. */
  protected usedArchive(): ArchiveStore {
    return this.archive();
  }

  async run(stopper: Stopper, options: RunOptions = {}): Promise<void> {
    const clock = standingClock();
    // Closed at the end whatever happened, as the system closes a dead process's files.
    await using store = await openSqliteStore(this.database);
    await using reader = await openSqliteReader(this.database);
    const archive = stopper.archive(this.usedArchive());
    const copier = this.#disturbed(inlineCopier(reader, archive));
    await runArchive({ store: stopper.hot(store), archive, copier, clock }, SMALL_POLICIES, 'all', options);
  }

  async recover(stopper: Stopper): Promise<void> {
    await this.run(stopper);
  }

  async check(): Promise<void> {
    await assertConserved(this.book, { databasePath: this.database, archive: this.archive() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }

  #disturbed(copier: Copier): Copier {
    const meanwhile = this.#meanwhile;
    const [path, book] = [this.database, this.book];
    return disturbedCopier(copier, (segment) => meanwhile(path, segment, book));
  }
}
