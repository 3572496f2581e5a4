import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import type { HotLookup } from '../../../src/hot/hot-lookup.ts';
import type { HotReader } from '../../../src/hot/hot-store.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { type RunOptions, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import type { PolicySet } from '../../../src/model/policy/policy.ts';
import { standingClock } from '../archive-trial.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { createSmallDatabase, SMALL_NOW, SMALL_POLICIES } from './small-database.ts';

/** A database and its archive in a temporary folder, as searches find them. */
export class LookupWorld implements AsyncDisposable {
  readonly folder: string = volatileFolder();
  readonly database: string = join(this.folder, 'data.db');
  readonly archives: string = join(this.folder, 'archives');
  readonly archive: ArchiveStore = openFolder(this.archives);
  readonly policies: PolicySet;
  #opened: (HotReader | HotLookup)[] = [];

  constructor(policies: PolicySet = SMALL_POLICIES, create: (path: string) => void = createSmallDatabase) {
    this.policies = policies;
    create(this.database);
  }

  async archiveAll(options: RunOptions = {}, now: number = SMALL_NOW): Promise<void> {
    const clock = standingClock(now);
    await using store = await openSqliteStore(this.database, clock);
    await using copier = inlineCopier(await openSqliteReader(this.database), this.archive);
    const report = await runArchive(
      { store, archive: this.archive, copier, clock },
      this.policies,
      'all',
      options,
    );
    for (const { status, message } of report.tables) if (status === 'error') throw new Error(message);
  }

  /** Moves what is past its warm time at `now` to cold. */
  async consolidate(now: number): Promise<void> {
    const clock = standingClock(now);
    await using store = await openSqliteStore(this.database, clock);
    await runCleanup({ store, archive: this.archive, clock }, this.policies, { only: 'consolidate' });
  }

  async places(): Promise<Places> {
    const reader = await openSqliteReader(this.database);
    const lookup = openSqliteLookup(this.database);
    this.#opened.push(reader, lookup);
    return {
      hot: { reader, lookup },
      archive: this.archive,
      dialect: reader.dialect,
      policies: this.policies,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of this.#opened) await opened[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true });
  }
}
