import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../../src/model/clock.ts';
import type { PolicySet } from '../../../src/model/policy/policy.ts';
import type { Random } from '../faults/random.ts';
import { volatileFolder } from '../faults/recorded-run.ts';
import { type PlacedRow, rowsInDatabase, rowsInFiles } from '../independent/places.ts';
import type { ActName } from './application.ts';
import { Book, type Found, foundIn } from './book.ts';
import type { ArchivePlace } from './places/archive-place.ts';
import { FolderPlace } from './places/folder-place.ts';
import { DAY_MS, drawTables, type FuzzTable, policiesOf } from './tables.ts';

const START: number = Date.parse('2026-03-20T12:00:00Z');

/** What `firn hold add` keeps. */
export interface HeldGroup {
  readonly id: number;
  readonly table: string;
  readonly grp: string;
}

/** A copy of the database and of the archive's place, as they were at one instant. */
interface Snapshot {
  readonly file: string;
  readonly place: ArchivePlace;
  readonly book: Book;
  readonly holds: readonly HeldGroup[];
  /** It is of an instant within a restoration, whose leases are not in the book yet. */
  readonly restoring: boolean;
}

/** One round's database, archive, clock, and what must be true of them. */
export class FuzzWorld implements Disposable {
  random: Random;
  readonly tables: readonly FuzzTable[];
  readonly policies: PolicySet;
  readonly folder: string = volatileFolder();
  readonly database: string = join(this.folder, 'a.db');
  readonly journal: 'wal' | 'delete';
  place: ArchivePlace;
  book: Book = new Book();
  holds: HeldGroup[] = [];
  nowMs: number = START;
  /** Something was killed, or ended early: rows may be in two places until the next run that ends well. */
  unsettled = false;
  /** The application did something since all was last at rest. */
  disturbed = false;
  /** An older or another database stands beside the archive. */
  needsAdoption = false;
  /** What the application may do. */
  acts: readonly ActName[] = [];
  readonly trace: string[] = [];
  snapshot: Snapshot | null = null;
  /** Rows are being restored just now. */
  restoring = false;
  /** Since the copy was made rows were purged or erased, and only the ledger knows of that. */
  destroyed = false;
  #monotonic = 0;
  #next = 1;

  constructor(
    random: Random,
    tables: readonly FuzzTable[] | null = null,
    place: ArchivePlace = new FolderPlace(),
  ) {
    [this.random, this.place] = [random, place];
    this.tables = tables ?? drawTables(random);
    this.policies = policiesOf(this.tables);
    this.journal = random.pick(['wal', 'wal', 'delete']);
    this.createDatabase();
  }

  /** Remembers everything as it is now. Returns what brings it back, with other chances, as often as wanted. */
  save(): (random: Random) => void {
    const file = join(this.folder, 'saved.db');
    copyDatabase(this.database, file);
    const { place, book, holds, nowMs, unsettled, needsAdoption } = this;
    const next = this.#next;
    return (random) => {
      copyDatabase(file, this.database);
      const saved = { random, nowMs, unsettled, needsAdoption, holds: [...holds] };
      Object.assign(this, {
        ...saved,
        place: place.fork(),
        book: book.copy(),
        snapshot: null,
        disturbed: false,
      });
      this.trace.length = 0;
      this.#next = next;
    };
  }

  /** A clock that stands still while something runs, but for the sleeps. */
  get clock(): Clock {
    const now = this.nowMs;
    return {
      now: () => now,
      monotonic: () => {
        this.#monotonic += 0.01;
        return this.#monotonic;
      },
      sleep: async (ms) => {
        this.#monotonic += ms;
      },
    };
  }

  nextUid(): number {
    return this.#next++;
  }

  say(line: string): void {
    this.trace.push(line);
  }

  createDatabase(): void {
    using db = new DatabaseSync(this.database);
    db.exec(`PRAGMA page_size = 1024; PRAGMA journal_mode = ${this.journal}; PRAGMA synchronous = OFF`);
    for (const { ddl } of this.tables) for (const statement of ddl) db.exec(statement);
    db.exec('CREATE TABLE app_log (note TEXT)');
  }

  /** The application's own connection; nobody waits for locks, since whoever holds one stands still meanwhile. */
  application<T>(action: (db: DatabaseSync) => T): T {
    using db = new DatabaseSync(this.database, {
      ...{ timeout: 0, enableForeignKeyConstraints: false, readBigInts: true },
    });
    db.exec('PRAGMA synchronous = OFF');
    return action(db);
  }

  /** All rows wherever they are, read without Firn. */
  async found(): Promise<Found[]> {
    const files = await this.place.files();
    const rows: PlacedRow[] = [...rowsInDatabase(this.database, 'uid'), ...rowsInFiles(files)];
    return rows.map(foundIn);
  }

  /** What the ledger says, and which files there are: for whoever looks for the fault. */
  async describe(): Promise<string[]> {
    const lines = this.application((db) =>
      ['_firn_receipts', '_firn_leases']
        .filter((table) => db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined)
        .flatMap((table) =>
          db
            .prepare(`SELECT * FROM ${table}`)
            .all()
            .map((row) => `${table}: ${inShort(row)}`),
        ),
    );
    const files = [...(await this.place.files())].map(([path, bytes]) => `${path}: ${bytes.length} bytes`);
    const rows = (await this.found()).map(({ uid, place, cells }) => `${uid} in ${place}: ${cells}`);
    return [...lines, ...files, ...rows];
  }

  async hasArchive(): Promise<boolean> {
    return (await this.place.files()).size > 0;
  }

  isHeld = ({ table, grp }: { readonly table: string; readonly grp: string }): boolean =>
    this.holds.some((hold) => hold.table === table && hold.grp === grp);

  /** Copies database and archive as they are between two actions. */
  takeSnapshot(): void {
    const file = join(this.folder, 'backup.db');
    copyDatabase(this.database, file);
    this.destroyed = false;
    this.snapshot = {
      file,
      place: this.place.fork(),
      book: this.book.copy(),
      holds: [...this.holds],
      restoring: this.restoring,
    };
  }

  /** Puts the copy of the database back; with `wholly`, that of the archive too. */
  async returnSnapshot(wholly: boolean): Promise<void> {
    const { file, place, book, holds } = this.snapshot!;
    copyDatabase(file, this.database);
    this.holds = [...holds];
    this.unsettled = true;
    if (wholly) {
      this.place = place.fork();
      this.book = keepNewest(book.copy(), this.book);
    } else {
      await this.#databaseReplaced(book);
    }
    this.needsAdoption = true;
    this.snapshot = null;
  }

  /** The application goes on with a copy of its database, with `vacuumed` one made by `VACUUM INTO`. */
  moveToCopy(vacuumed: boolean): void {
    const copy = join(this.folder, 'copy.db');
    rmSync(copy, { force: true });
    if (vacuumed) this.application((db) => db.exec(`VACUUM INTO '${copy}'`));
    else copyDatabase(this.database, copy);
    copyDatabase(copy, this.database);
    this.application((db) => db.exec(`PRAGMA journal_mode = ${this.journal}`));
  }

  /** The database is lost, and a new one with the same tables stands in its place. */
  async loseDatabase(): Promise<void> {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(this.database + suffix, { force: true });
    this.createDatabase();
    this.holds = [];
    this.unsettled = true;
    this.needsAdoption = true;
    await this.#databaseReplaced(null);
    this.snapshot = null;
  }

  async #databaseReplaced(older: Book | null): Promise<void> {
    await this.place.arrive();
    this.book.databaseReplaced(older, await this.found());
    // What was being sent has the rows of the database that is lost.
    this.book.mayComeBack([...rowsInFiles(await this.place.pending())].map(foundIn));
  }

  later(days: number): void {
    this.nowMs += days * DAY_MS;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Rows that were written since the copy was made are gone with it. */
function keepNewest(older: Book, newer: Book): Book {
  for (const [uid, entry] of newer.entries) {
    if (!older.entries.has(uid)) older.entries.set(uid, { ...entry, presence: 'never' });
  }
  return older;
}

function inShort(row: Readonly<Record<string, unknown>>): string {
  const values = Object.entries(row).filter(([, value]) => value !== null && !(value instanceof Uint8Array));
  return values.map(([name, value]) => `${name}=${value}`).join(' ');
}

function copyDatabase(from: string, to: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(to + suffix, { force: true });
    if (suffix !== '-shm' && existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
  }
}
