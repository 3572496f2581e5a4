import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import type { FileSystem } from '../../src/archive/disk/file-system.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { tieredArchive } from '../../src/archive/tiered/tiered-archive.ts';
import { openSqliteStore } from '../../src/hot/sqlite/open-sqlite.ts';
import { type CleanupRunOptions, runCleanup } from '../../src/lifecycle/cleanup/cleanup.ts';
import type { CleanupReport } from '../../src/lifecycle/cleanup/cleanup-report.ts';
import { buildPolicySet } from '../../src/model/policy/policies.ts';
import type { PolicySet } from '../../src/model/policy/policy.ts';
import { ArchiveTrial, standingClock } from './archive-trial.ts';
import type { SimulatedDisk } from './faults/disk/simulated-disk.ts';
import type { Trial } from './faults/each-stop.ts';
import { Random } from './faults/random.ts';
import { assertConserved } from './faults/rows/conservation.ts';
import { hotRows } from './faults/rows/live-rows.ts';
import { RowBook } from './faults/rows/row-book.ts';
import { Stopper } from './faults/stopper.ts';
import { policyOf } from './worlds/small-database.ts';

const DAY_MS = 86_400_000;

/** Each table leaves warm 37 days after its day's end; then notes stay 11 days, pairs a year, bare not at all. */
export const SHORT_POLICIES: PolicySet = buildPolicySet([
  policyOf('notes', { openWhile: "state = 'open'", coldMs: 11 * DAY_MS }),
  policyOf('pairs', { compression: 'zstd' }),
  policyOf('bare', { lookupKeys: [], compression: 'none', coldMs: 0 }),
]);

/** 2026-01-10 is past its time in warm, the days after it are not. */
export const FIRST_CLEANUP: number = Date.parse('2026-02-17T12:00:00Z');
/** All days are past their time in warm, and 2026-01-10 of notes past its whole time. */
export const SECOND_CLEANUP: number = Date.parse('2026-02-28T12:00:00Z');
/** Nothing of notes is to be left. */
export const LAST_CLEANUP: number = Date.parse('2026-03-10T12:00:00Z');

/** A database and its archive after some runs, to begin many trials from. */
export interface Prepared {
  readonly database: Uint8Array;
  readonly disk: SimulatedDisk;
  /** Everything that was ever written. */
  readonly book: RowBook;
  /** `table key` of the rows that are still hot. */
  readonly hot: ReadonlySet<string>;
  /** Whether bundles have a location of their own. */
  readonly apart: boolean;
}

/** The small database with all that is due archived, and cleaned up at these instants. */
export async function prepareCleanup(before: readonly number[], apart = false): Promise<Prepared> {
  let prepared = { ...(await prepareArchived()), apart };
  for (const now of before) {
    await using trial = new CleanupTrial(prepared, now);
    await trial.clean();
    prepared = { ...prepared, database: readFileSync(trial.database), disk: trial.disk };
  }
  return prepared;
}

/** The database is gone from its place afterwards: each trial puts a copy in a place of its own. */
async function prepareArchived(): Promise<Omit<Prepared, 'apart'>> {
  await using archived = new ArchiveTrial();
  await archived.run(new Stopper(null));
  const { book, disk } = archived;
  const hot = new Set<string>();
  for (const { table, key } of hotRows(archived.database, book.tables.keys())) hot.add(`${table} ${key}`);
  return { database: readFileSync(archived.database), disk, book, hot };
}

/** One cleanup at `now`, from a prepared state that it does not change. */
export class CleanupTrial implements Trial {
  readonly database: string;
  disk: SimulatedDisk;
  readonly #prepared: Prepared;
  readonly #now: number;
  readonly #powerCuts: Random | null;
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'firn-trial-'));

  /** @param seed null: a stopped program is killed; else the power is cut, and chance decides what the disk then remembers. */
  constructor(prepared: Prepared, now: number, seed: number | null = null) {
    this.#powerCuts = seed === null ? null : new Random(seed);
    this.#prepared = prepared;
    this.#now = now;
    this.database = join(this.#folder, 'small.db');
    writeFileSync(this.database, prepared.database);
    // Everything was made durable, so that this is a copy.
    this.disk = prepared.disk.crash(1);
  }

  archive(disk: FileSystem = this.disk): ArchiveStore {
    const warm = openFolder('/archive', disk);
    return this.#prepared.apart ? tieredArchive(warm, openFolder('/cold', disk)) : warm;
  }

  async clean(
    stopper: Stopper = new Stopper(null),
    options: CleanupRunOptions = {},
    disk: FileSystem = this.disk,
  ): Promise<CleanupReport> {
    await using store = await openSqliteStore(this.database);
    const clock = standingClock(this.#now);
    // With power cuts the program stops between system calls, else between actions of the archive.
    const archive =
      this.#powerCuts === null ? stopper.archive(this.archive(disk)) : this.archive(stopper.fileSystem(disk));
    return await runCleanup({ store: stopper.hot(store), archive, clock }, SHORT_POLICIES, {
      consent: async () => true,
      ...options,
    });
  }

  async run(stopper: Stopper): Promise<void> {
    await this.clean(stopper);
  }

  async recover(stopper: Stopper): Promise<void> {
    if (this.#powerCuts !== null) this.disk = this.disk.crash(this.#powerCuts.integer(1, 1e9));
    const { reconciled, problems } = await this.clean(stopper);
    const alarms = [...reconciled.filter(({ action }) => action === 'alarm'), ...problems];
    if (alarms.length > 0) throw new Error(`false alarm: ${JSON.stringify(alarms)}`);
  }

  /** Every row is in one place, but those whose table's whole time is over: they are in none. */
  async check(): Promise<void> {
    await assertConserved(this.#kept(), { databasePath: this.database, archive: this.archive() });
  }

  #kept(): RowBook {
    const kept = new RowBook();
    for (const [table, rows] of this.#prepared.book.tables) {
      kept.table(table);
      const { hotMs, warmMs, coldMs } = SHORT_POLICIES.policies.get(table)!;
      for (const [key, { versions }] of rows) {
        const day = dayOf(versions[0]!.ts!);
        const over =
          day !== null &&
          Date.parse(`${day}T00:00:00Z`) + DAY_MS + hotMs + warmMs + coldMs <= this.#now &&
          !this.#prepared.hot.has(`${table} ${key}`);
        if (!over) kept.stored(table, key, versions[0]!);
      }
    }
    return kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The day of a cell of the small database's `ts`: ISO text, or milliseconds. */
function dayOf(cell: string): string | null {
  if (cell.startsWith('text 2026')) return cell.slice('text '.length, 'text 2026-01-10'.length);
  return /^\d+$/.test(cell) ? new Date(Number(cell)).toISOString().slice(0, 10) : null;
}
