import assert from 'node:assert/strict';
import type { ArchiveStore } from '../../../../src/archive/archive-store.ts';
import { type Cells, openBystander } from '../cells.ts';
import { archivedRows, hotRows, type LiveRow, type LiveSegment } from './live-rows.ts';
import type { Expectation, RowBook } from './row-book.ts';

/** Where the rows are that a book expects. */
export interface Stores {
  readonly databasePath: string;
  readonly archive: ArchiveStore;
  /**
   * True where the database was put back to an older state: a row that reads differently in hot and in an archive is
   * then rightly in both, once each.
   */
  readonly bothVersions?: boolean;
}

/** What is wrong, a line for each row or file. All empty: every row is in exactly one place, whole. */
export interface Conservation {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly changed: readonly string[];
  /** Rows that nobody wrote. */
  readonly invented: readonly string[];
  /** Files that no receipt accounts for as living, and receipts that recovery should have finished. */
  readonly unaccounted: readonly string[];
  /** How many rows were found in each kind of place. */
  readonly found: { readonly hot: number; readonly archived: number };
}

/** Asserts that every row of the book is in exactly one live place, cell for cell, and that nothing else is. */
export async function assertConserved(book: RowBook, stores: Stores): Promise<Conservation> {
  const result = await conservation(book, stores);
  const { found, ...wrong } = result;
  const lines = Object.entries(wrong).flatMap(([what, rows]) => summary(what, rows));
  assert.ok(
    lines.length === 0,
    `of ${book.rows} rows, ${found.hot} hot and ${found.archived} archived:\n${lines.join('\n')}`,
  );
  return result;
}

/** Holds all that is stored against the book. */
export async function conservation(book: RowBook, stores: Stores): Promise<Conservation> {
  const rows: LiveRow[] = [...hotRows(stores.databasePath, book.tables.keys())];
  const segments: LiveSegment[] = [];
  const hot = rows.length;
  for await (const row of archivedRows(stores.archive, (segment) => segments.push(segment))) rows.push(row);

  const wrong = {
    lost: [] as string[],
    doubled: [] as string[],
    changed: [] as string[],
    invented: [] as string[],
  };
  const live = Map.groupBy(rows, ({ table, key }) => `${table} ${key}`);
  for (const [table, expected] of book.tables) {
    for (const [key, expectation] of expected) {
      const name = `${table} ${key}`;
      judge(name, expectation, live.get(name) ?? [], stores.bothVersions ?? false, wrong);
      live.delete(name);
    }
  }
  for (const [name, places] of live) wrong.invented.push(`${name} in ${listed(places)}`);
  return {
    ...wrong,
    unaccounted: unaccounted(stores.databasePath, segments),
    found: { hot, archived: rows.length - hot },
  };
}

function judge(
  name: string,
  { versions, optional }: Expectation,
  places: readonly LiveRow[],
  bothVersions: boolean,
  wrong: { lost: string[]; doubled: string[]; changed: string[] },
): void {
  if (places.length === 0 && !optional) wrong.lost.push(name);
  const differ = new Set(places.map(({ cells }) => JSON.stringify(cells))).size;
  const restored = bothVersions && differ === places.length && places.filter(isHot).length <= 1;
  if (places.length > 1 && !restored) wrong.doubled.push(`${name} in ${listed(places)}`);
  for (const { cells, place } of places) {
    const differences = versions.map((version) => difference(version, cells));
    if (differences.every((found) => found !== null))
      wrong.changed.push(`${name} in ${place}: ${differences.at(-1)}`);
  }
}

/** What a row reads otherwise than expected; null when it does not. A column added since reads NULL. */
function difference(expected: Cells, found: Cells): string | null {
  for (const column of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [before, now] = [expected[column] ?? 'NULL', found[column] ?? 'NULL'];
    if (before !== now) return `${column} reads ${now}, not ${before}`;
  }
  return null;
}

/** After recovery every file has a receipt, and every receipt is at rest. */
function unaccounted(databasePath: string, segments: readonly LiveSegment[]): string[] {
  using database = openBystander(databasePath);
  const known =
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_firn_receipts'").get() !== undefined;
  const states = new Map<string, string>();
  if (known) {
    for (const { segment, state } of database
      .prepare('SELECT segment, state FROM _firn_receipts')
      .iterate()) {
      states.set(String(segment), String(state));
    }
  }
  const lines: string[] = [];
  for (const { segment, place } of segments) {
    const state = states.get(segment);
    if (state !== 'archived')
      lines.push(`${place}: ${state === undefined ? 'no receipt' : `its receipt says ${state}`}`);
  }
  const found = new Set(segments.map(({ segment }) => segment));
  for (const [segment, state] of states) {
    if (state === 'sealing' || state === 'draining')
      lines.push(`${segment}: its receipt still says ${state}`);
    if (state === 'archived' && !found.has(segment))
      lines.push(`${segment}: archived, and its file is missing`);
  }
  return lines;
}

function isHot({ place }: LiveRow): boolean {
  return place === 'hot';
}

function listed(places: readonly LiveRow[]): string {
  return places.map(({ place }) => place).join(' and ');
}

function summary(what: string, rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const more = rows.length > 5 ? [`    … ${rows.length - 5} more`] : [];
  return [`  ${what}: ${rows.length}`, ...rows.slice(0, 5).map((row) => `    ${row}`), ...more];
}
