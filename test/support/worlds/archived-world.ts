import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { type RunOptions, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { type RebuildReport, rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { verifyQuick } from '../../../src/lifecycle/verify/verify-quick.ts';
import type { VerifyReport } from '../../../src/lifecycle/verify/verify-report.ts';
import { runVerify, type VerifyOptions } from '../../../src/lifecycle/verify/verify-run.ts';
import type { Clock } from '../../../src/model/clock.ts';
import { standingClock } from '../archive-trial.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { assertConserved, type Stores } from '../faults/rows/conservation.ts';
import { RowBook } from '../faults/rows/row-book.ts';
import { createSmallDatabase, SMALL_NOW, SMALL_POLICIES } from './small-database.ts';

const HOUR_MS = 3_600_000;

/** The small database and its archive in a real folder, gone when the test ends. Each call is a run of its own, an hour after the one before. */
export class ArchivedWorld {
  readonly folder: string = volatileFolder();
  readonly archives: string = join(this.folder, 'archives');
  readonly book: RowBook;
  database: string = join(this.folder, 'small.db');
  now: number = SMALL_NOW;

  private constructor(t: TestContext) {
    t.after(() => rmSync(this.folder, { recursive: true }));
    createSmallDatabase(this.database);
    this.book = RowBook.photograph(this.database, ['notes', 'pairs', 'bare']);
  }

  /** With all that is due archived: nine segments. */
  static async of(t: TestContext): Promise<ArchivedWorld> {
    const world = new ArchivedWorld(t);
    await world.run();
    return world;
  }

  archive(): ArchiveStore {
    return openFolder(this.archives);
  }

  async run(options: RunOptions = {}): Promise<ArchiveReport> {
    const { archive, clock } = this.#next();
    await using store = await openSqliteStore(this.database);
    await using reader = await openSqliteReader(this.database);
    const copier = inlineCopier(reader, archive);
    return await runArchive({ store, archive, copier, clock }, SMALL_POLICIES, 'all', options);
  }

  /** Moves everything to cold. */
  async consolidate(): Promise<void> {
    const { archive, clock } = this.#next();
    await using store = await openSqliteStore(this.database);
    await runCleanup({ store, archive, clock }, SMALL_POLICIES, { only: 'consolidate', olderThanMs: 0 });
  }

  async look(): Promise<VerifyReport> {
    const { archive, clock } = this.#next();
    await using reader = await openSqliteReader(this.database);
    return await verifyQuick(reader.ledger, archive, clock);
  }

  async verify(options: Partial<VerifyOptions> = {}): Promise<VerifyReport> {
    const { archive, clock } = this.#next();
    await using store = await openSqliteStore(this.database);
    return await runVerify({ store, archive, clock }, { scope: 'deep', ...options });
  }

  async rebuild(): Promise<RebuildReport> {
    const { archive, clock } = this.#next();
    await using store = await openSqliteStore(this.database);
    return await rebuildLedger({ store, archive, clock });
  }

  async receipts(): Promise<readonly Receipt[]> {
    await using reader = await openSqliteReader(this.database);
    return await reader.ledger.receipts();
  }

  sql(text: string): Record<string, unknown>[] {
    using db = new DatabaseSync(this.database);
    if (/^\s*SELECT/i.test(text)) return db.prepare(text).all();
    db.exec(text);
    return [];
  }

  /** The path of a file of the archive. */
  path(file: string): string {
    return join(this.archives, file);
  }

  read(file: string): Buffer {
    return readFileSync(this.path(file));
  }

  write(file: string, bytes: Uint8Array | string): void {
    mkdirSync(join(this.path(file), '..'), { recursive: true });
    writeFileSync(this.path(file), bytes);
  }

  /** Every file of the archive, sorted. */
  files(): string[] {
    return readdirSync(this.archives, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.archives.length + 1))
      .sort();
  }

  async assertConserved(how: Partial<Stores> = {}): Promise<void> {
    await assertConserved(this.book, { databasePath: this.database, archive: this.archive(), ...how });
  }

  #next(): { readonly archive: ArchiveStore; readonly clock: Clock } {
    this.now += HOUR_MS;
    return { archive: this.archive(), clock: standingClock(this.now) };
  }
}
