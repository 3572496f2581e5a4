import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import type { Copier } from '../../../src/copying/copier.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { type RunOptions, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { standingClock } from '../archive-trial.ts';
import { type Cells, openBystander } from '../faults/cells.ts';
import { SimulatedDisk } from '../faults/disk/simulated-disk.ts';
import {
  ARCHIVE,
  type Left,
  type Moment,
  momentOf,
  type Program,
  volatileFolder,
} from '../faults/recorded-run.ts';
import { assertConserved, type Stores } from '../faults/rows/conservation.ts';
import { RowBook } from '../faults/rows/row-book.ts';
import type { BucketState } from '../s3/model/bucket-state.ts';
import { disturbedCopier } from './disturbed-copier.ts';
import { createSmallDatabase, SMALL_NOW, SMALL_POLICIES } from './small-database.ts';

const HOUR_MS = 3_600_000;

/** The small database, an empty disk, and the rows that must be somewhere for ever. */
export function smallWorld(
  journal: 'wal' | 'delete' = 'wal',
  create: (path: string, journal: 'wal' | 'delete') => void = createSmallDatabase,
  bucket: BucketState | null = null,
): { readonly start: Moment; readonly book: RowBook } {
  const folder = volatileFolder();
  try {
    const path = join(folder, 'a.db');
    create(path, journal);
    return {
      start: momentOf(path, new SimulatedDisk(), bucket),
      book: RowBook.photograph(path, ['notes', 'pairs', 'bare']),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What others do to the database when a segment was copied, and not yet drained. */
export type Meanwhile = (databasePath: string, segment: string) => void;

/** `firn archive all`. An alarm is a failure: nothing that these programs meet is one. */
export function archiving(
  options: RunOptions & {
    readonly target?: string;
    readonly later?: boolean;
    readonly meanwhile?: Meanwhile;
  } = {},
): Program {
  return async (world) => {
    const now = options.later ? SMALL_NOW + HOUR_MS : SMALL_NOW;
    await using store = await openSqliteStore(world.databasePath);
    await using reader = await openSqliteReader(world.databasePath);
    const clock = standingClock(now);
    const archive = world.archive(clock);
    const copier = disturbed(inlineCopier(reader, archive), world.databasePath, options.meanwhile);
    const stores = { store: world.hot(store), archive, copier, clock };
    requireSuccess(await runArchive(stores, SMALL_POLICIES, options.target ?? 'all', options));
  };
}

/** Asserts that every row of the book is in one place, as it was written or as `bystander` changed it. */
export async function conserved(book: RowBook, left: Left, how: Partial<Stores> = {}): Promise<void> {
  const { databasePath, disk } = left;
  const stores = { databasePath, archive: openFolder(ARCHIVE, disk), ...how };
  await assertConserved(witnessed(book, databasePath), stores);
}

/**
 * Of the segment's day, changes one note and deletes one pair, once. The same transactions leave a witness in the database, so that whatever of
 * its commits survives, it is known which.
 */
export function bystander(databasePath: string, segment: string): void {
  using db = new DatabaseSync(databasePath, { timeout: 5000 });
  const day = segment.slice(0, 10);
  db.exec('CREATE TABLE IF NOT EXISTS witness (kind TEXT, id TEXT)');
  const seen = (kind: string): boolean =>
    db.prepare('SELECT 1 FROM witness WHERE kind = ? LIMIT 1').get(`${kind} of ${day}`) !== undefined;
  const note = db.prepare('SELECT min(id) AS id FROM notes WHERE substr(ts, 1, 10) = ?').get(day)?.id ?? null;
  if (note !== null && !seen('changed')) {
    db.exec('BEGIN');
    db.prepare("UPDATE notes SET words = words || ' changed' WHERE id = ?").run(note);
    db.prepare('INSERT INTO witness VALUES (?, ?)').run(`changed of ${day}`, note);
    db.exec('COMMIT');
  }
  const pair =
    db.prepare("SELECT max(a) AS a FROM pairs WHERE date(ts / 1000, 'unixepoch') = ?").get(day)?.a ?? null;
  if (pair !== null && !seen('deleted')) {
    db.exec('BEGIN');
    db.prepare('DELETE FROM pairs WHERE a = ?').run(pair);
    db.prepare('INSERT INTO witness VALUES (?, ?)').run(`deleted of ${day}`, String(pair));
    db.exec('COMMIT');
  }
}

function witnessed(book: RowBook, databasePath: string): RowBook {
  using db = openBystander(databasePath);
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'witness'").get() === undefined) return book;
  const found = new RowBook();
  const witness = db.prepare('SELECT 1 FROM witness WHERE id = ? AND kind LIKE ?');
  for (const [table, rows] of book.tables) {
    for (const [key, expectation] of rows) {
      const { versions } = expectation;
      const id = /^\["(?:text )?([^"]*)"/.exec(key)![1]!;
      const changed = table === 'notes' && witness.get(id, 'changed%') !== undefined;
      const deleted = table === 'pairs' && witness.get(id, 'deleted%') !== undefined;
      const [version] = versions as [Cells];
      if (changed) found.stored(table, key, { ...version, words: `${version.words} changed` });
      // Its owner deleted it while it was copied: its line may stay in the archive.
      else found.table(table).set(key, { versions, optional: deleted });
    }
  }
  return found;
}

function requireSuccess({ tables, reconciled }: ArchiveReport): void {
  const failed = tables.filter(({ status }) => status === 'error' || status === 'partial');
  const wrong = [...reconciled.filter(({ action }) => action === 'alarm' || action === 'foreign'), ...failed];
  if (wrong.length > 0) throw new Error(`false alarm: ${JSON.stringify(wrong)}`);
}

function disturbed(copier: Copier, databasePath: string, meanwhile: Meanwhile = () => undefined): Copier {
  return disturbedCopier(copier, (segment) => meanwhile(databasePath, segment));
}
