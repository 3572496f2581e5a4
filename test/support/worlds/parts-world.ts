import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { TrafficCounter } from '../../../src/archive/traffic.ts';
import type { Copier } from '../../../src/copying/copier.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import type { HotStore } from '../../../src/hot/hot-store.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { type RunOptions, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { type RebuildReport, rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { verifyQuick } from '../../../src/lifecycle/verify/verify-quick.ts';
import type { VerifyReport } from '../../../src/lifecycle/verify/verify-report.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { fileLocation } from '../../../src/model/location.ts';
import { onePlace } from '../../../src/model/policy/archive-places.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { s3Defaults } from '../../../src/model/policy/s3-settings.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { startCopier } from '../../../src/stores/start-copier.ts';
import { standingClock } from '../archive-trial.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { Stopper } from '../faults/stopper.ts';
import { readWithZlib } from '../independent/archive-rows.ts';
import { OpenFiles } from '../open-files.ts';
import { disturbedCopier } from './disturbed-copier.ts';
import { policyOf, SMALL_NOW } from './small-database.ts';

const HOUR_MS = 3_600_000;
const POLICIES = buildPolicySet([policyOf('big', { lookupKeys: ['who'] })]);

const LAST = 1_000_000;

/** The day of the table's rows. */
export const BIG_DAY = '2026-01-10';

export interface PartsOptions {
  readonly rows?: number;
  /** What the rows are known by. */
  readonly key?: 'integer' | 'text' | 'none';
  /** Bytes of text of a part. */
  readonly partBytes?: number;
}

/** How one run is to go. */
export interface PartsRun extends RunOptions {
  /** Copies in a thread of its own, as the program does. */
  readonly worker?: boolean;
  /** Stops the run between two actions of its stores. */
  readonly stopper?: Stopper;
  /** What others do to the database when a segment was copied, and not yet drained. */
  readonly meanwhile?: (world: PartsWorld, segment: string) => void;
}

/**
 * One table, one day, many parts: a database and its archive in a real folder, gone when the test ends. Each call is a run of its own, an
 * hour after the one before. Where rows are is judged by a reader that shares no code with Firn.
 */
export class PartsWorld {
  readonly folder: string = volatileFolder();
  readonly archives: string = join(this.folder, 'archives');
  readonly database: string = join(this.folder, 'big.db');
  now: number = SMALL_NOW;
  readonly #t: TestContext;
  #backups = 0;

  constructor(t: TestContext, { rows = 60, key = 'integer', partBytes = 2000 }: PartsOptions = {}) {
    this.#t = t;
    t.after(() => {
      setSizes({});
      rmSync(this.folder, { recursive: true });
    });
    setSizes({
      ...{ partBytes, blockBytes: 500, firstRows: 4, mostRows: 8, unitRows: 3 },
      ...{ firstDeletedRows: 9, fewestDeletedRows: 3, mostDeletedRows: 9 },
    });
    const id = { integer: 'INTEGER PRIMARY KEY', text: 'TEXT PRIMARY KEY', none: 'INTEGER' }[key];
    this.sql(`PRAGMA journal_mode = WAL; CREATE TABLE big (id ${id}, ts TEXT, who TEXT, words TEXT)`);
    this.insert(0, rows);
    // The row with the greatest id stays hot, so that its id is not given out again.
    this.sql(`INSERT INTO big VALUES (${LAST}, '2026-02-09T00:00:00Z', 'last', 'last')`);
  }

  /** New rows with the ids from `from` up to `to`. */
  insert(from: number, to: number, words: string = 'x'.repeat(60)): void {
    using db = new DatabaseSync(this.database);
    const insert = db.prepare('INSERT INTO big VALUES (?, ?, ?, ?)');
    db.exec('BEGIN');
    for (let i = from; i < to; i++) insert.run(i, `${BIG_DAY}T10:00:00Z`, `u${i % 7}`, words);
    db.exec('COMMIT');
  }

  async run(options: PartsRun = {}): Promise<ArchiveReport> {
    const { stopper = new Stopper(null) } = options;
    const { clock } = this.#next();
    await using files = new OpenFiles();
    const archive = stopper.archive(openFolder(this.archives, files.fileSystem));
    await using store = await openSqliteStore(this.database);
    await using copier = await this.#copier(archive, options);
    return await runArchive({ store: stopper.hot(store), archive, copier, clock }, POLICIES, 'all', options);
  }

  /** Moves everything to cold. */
  async consolidate(): Promise<void> {
    await this.#cleanup({ only: 'consolidate', olderThanMs: 0 });
  }

  /** Deletes every archived row, as if its time were over. */
  async purge(): Promise<void> {
    this.now += 500 * 24 * HOUR_MS;
    await this.#cleanup({ only: 'purge', consent: async () => true });
  }

  async erase(condition: string, stopper: Stopper = new Stopper(null)): Promise<void> {
    const { clock } = this.#next();
    await using files = new OpenFiles();
    await using opened = await openSqliteStore(this.database);
    await using lookup = await openSqliteLookup(this.database);
    const [store, archive] = [
      stopper.hot(opened),
      stopper.archive(openFolder(this.archives, files.fileSystem)),
    ];
    const where = [parseCondition(condition)];
    await eraseRows({ store, lookup, archive, policies: POLICIES, clock }, { ...everything(['big']), where });
  }

  async look(): Promise<VerifyReport> {
    const { archive, clock } = this.#next();
    await using reader = await openSqliteReader(this.database);
    return await verifyQuick(reader.ledger, archive, clock);
  }

  async verify(): Promise<VerifyReport> {
    const { archive, clock } = this.#next();
    await using store = await openSqliteStore(this.database);
    return await runVerify({ store, archive, clock }, { scope: 'deep' });
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

  /** Something done to an open store. */
  async withStore<T>(action: (store: HotStore) => Promise<T>): Promise<T> {
    await using store = await openSqliteStore(this.database);
    return await action(store);
  }

  sql(text: string): Record<string, unknown>[] {
    using db = new DatabaseSync(this.database, { timeout: 5000 });
    if (/^\s*SELECT/i.test(text)) return db.prepare(text).all();
    db.exec(text);
    return [];
  }

  /** Database and archive as they are now; what it returns puts both back. */
  snapshot(): () => void {
    this.sql('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = `${this.folder}-${++this.#backups}`;
    cpSync(this.folder, copy, { recursive: true });
    this.#t.after(() => rmSync(copy, { recursive: true }));
    const { now } = this;
    return () => {
      rmSync(this.folder, { recursive: true });
      cpSync(copy, this.folder, { recursive: true });
      this.now = now;
    };
  }

  /** A copy of the database as it is now; what it returns puts it back. */
  backup(): () => void {
    this.sql('PRAGMA wal_checkpoint(TRUNCATE)');
    const copy = join(this.folder, `backup-${++this.#backups}.db`);
    copyFileSync(this.database, copy);
    return () => {
      for (const suffix of ['-wal', '-shm']) rmSync(this.database + suffix, { force: true });
      copyFileSync(copy, this.database);
    };
  }

  /** Takes a file of the archive away; what it returns puts it back. */
  away(file: string): () => void {
    const bytes = this.read(file);
    rmSync(join(this.archives, file));
    return () => this.write(file, bytes);
  }

  read(file: string): Buffer {
    return readFileSync(join(this.archives, file));
  }

  write(file: string, bytes: Uint8Array): void {
    mkdirSync(dirname(join(this.archives, file)), { recursive: true });
    writeFileSync(join(this.archives, file), bytes);
  }

  /** Every file of the archive, sorted. */
  files(): string[] {
    if (!existsSync(this.archives)) return [];
    return readdirSync(this.archives, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.archives.length + 1))
      .sort();
  }

  /** The ids in hot and in the archive's tiers, ascending, each as often as it is there. */
  ids(): { readonly hot: number[]; readonly archived: number[] } {
    const hot = this.sql(`SELECT CAST(id AS INTEGER) AS id FROM big WHERE who <> 'last'`).map(({ id }) =>
      Number(id),
    );
    const archived = (readWithZlib(this.archives).get('big') ?? []).map((row) => {
      const cells = new Map(JSON.parse(row) as [string, string][]);
      return Number(cells.get('id')!.slice(1));
    });
    return { hot: hot.sort((a, b) => a - b), archived: archived.sort((a, b) => a - b) };
  }

  /** Asserts that the rows from 0 up to `count`, but for these, are in one place each, and that nothing else is. */
  assertOnce(count: number, without: readonly number[] = []): void {
    const { hot, archived } = this.ids();
    const wanted = Array.from({ length: count }, (_, i) => i).filter((i) => !without.includes(i));
    assert.deepEqual(
      [...hot, ...archived].sort((a, b) => a - b),
      wanted,
    );
  }

  async #copier(archive: ArchiveStore, { worker, meanwhile }: PartsRun): Promise<Copier> {
    const copier =
      worker === true
        ? startCopier(
            {
              database: fileLocation(this.database),
              archives: onePlace(fileLocation(this.archives)),
              s3: s3Defaults({}),
            },
            new TrafficCounter(),
          )
        : inlineCopier(await openSqliteReader(this.database), archive, { ahead: true });
    return disturbedCopier(copier, (segment) => meanwhile?.(this, segment));
  }

  async #cleanup(options: Parameters<typeof runCleanup>[2]): Promise<void> {
    const { archive, clock } = this.#next();
    await using store = await openSqliteStore(this.database);
    await runCleanup({ store, archive, clock }, POLICIES, options);
  }

  #next(): { readonly archive: ArchiveStore; readonly clock: ReturnType<typeof standingClock> } {
    this.now += HOUR_MS;
    return { archive: openFolder(this.archives), clock: standingClock(this.now) };
  }
}
