import { canonicalRow } from '../independent/canonical.ts';
import type { PlacedRow } from '../independent/places.ts';
import { DAY_MS, KEPT_DAYS, type Value } from './tables.ts';

/** What must be true of one row of the application, which is named by a number that is never used again. */
export interface Entry {
  readonly uid: number;
  readonly table: string;
  readonly grp: string;
  readonly key: readonly Value[];
  /** Null when nobody can understand it. */
  timeMs: number | null;
  /** What the application wrote last. */
  content: string;
  /** Contents that a place may hold, the last one among them. */
  readonly contents: Set<string>;
  /** What it read since all was last at rest: a copy that was made meanwhile keeps it when the row is then deleted. */
  readonly former: Set<string>;
  /** Whether it must be somewhere, may be, or must not. */
  presence: 'must' | 'may' | 'never';
  /**
   * In how many places: in exactly one; in hot too, as it is leased; or in several, but with other contents, after an
   * older database came back.
   */
  copies: 'one' | 'versions';
  /** An erasure was ordered. Until it has come to its end, the row may be there, and answers may leave it out. */
  erasing: boolean;
  /** Until when a lease may keep it in hot as well; null without one. */
  leasedUntil: number | null;
}

/** Every row that the application ever wrote. */
export class Book {
  readonly entries: Map<number, Entry>;

  constructor(entries: Map<number, Entry> = new Map()) {
    this.entries = entries;
  }

  copy(): Book {
    const entries = [...this.entries].map(([uid, entry]): [number, Entry] => [
      uid,
      { ...entry, contents: new Set(entry.contents), former: new Set(entry.former) },
    ]);
    return new Book(new Map(entries));
  }

  inserted(row: Pick<Entry, 'uid' | 'table' | 'grp' | 'key' | 'timeMs'>, content: string): void {
    this.entries.set(row.uid, {
      ...row,
      ...{
        content,
        contents: new Set([content]),
        former: new Set<string>(),
        presence: 'must',
        copies: 'one',
        leasedUntil: null,
        erasing: false,
      },
    });
  }

  /** The application changed a row of hot. */
  updated(uid: number, content: string, timeMs: number | null): void {
    const entry = this.entries.get(uid)!;
    for (const one of entry.contents) entry.former.add(one);
    if (entry.copies === 'one' && entry.leasedUntil === null) entry.contents.clear();
    // Such a leased row may as well be another row that got its key or its rowid.
    const isOther = timeMs !== entry.timeMs || REUSED.has(entry.table);
    if (entry.leasedUntil !== null && isOther) entry.copies = 'versions';
    entry.contents.add(content);
    entry.content = content;
    entry.timeMs = timeMs;
  }

  /** The application deleted a row of hot. `settled`: no copy of it may be under way. */
  deleted(uid: number, settled: boolean): void {
    const entry = this.entries.get(uid)!;
    if (!settled) for (const one of entry.former) entry.contents.add(one);
    const single = entry.copies === 'one' && entry.leasedUntil === null;
    // Its line stays in the archive, unless it had been changed while it was leased.
    if (settled && entry.leasedUntil !== null && entry.contents.size === 1) return;
    if (entry.presence !== 'never') entry.presence = single && settled ? 'never' : 'may';
  }

  /** The end of leases that are over, after a run that ended well. */
  leasesEnded(nowMs: number, tables: ReadonlySet<string>): void {
    for (const entry of this.entries.values()) {
      if (entry.leasedUntil === null || entry.leasedUntil > nowMs || !tables.has(entry.table)) continue;
      entry.leasedUntil = null;
      if (entry.copies !== 'one' || entry.presence !== 'must') continue;
      entry.contents.clear();
      entry.contents.add(entry.content);
    }
  }

  /** What is past its time may be purged, unless it is held. */
  mayPurge(nowMs: number, isHeld: (entry: Entry) => boolean): void {
    for (const entry of this.entries.values()) {
      if (entry.timeMs === null || entry.presence !== 'must' || isHeld(entry)) continue;
      if (purgeableAt(entry.timeMs) <= nowMs) entry.presence = 'may';
    }
  }

  /**
   * An older database, or none, stands beside the archive as it is now: what either of them holds must be somewhere from
   * now on. A row that only the lost database held is gone.
   */
  databaseReplaced(older: Book | null, found: readonly Found[]): void {
    const contents = Map.groupBy(found, ({ uid }) => uid);
    for (const [uid, entry] of this.entries) {
      const before = older?.entries.get(uid);
      const here = contents.get(uid) ?? [];
      if (entry.presence === 'never' && here.length === 0) continue;
      if (here.length === 0) {
        entry.presence = 'never';
        continue;
      }
      for (const { content } of here) entry.contents.add(content);
      const inHot = here.find(({ place }) => place === 'hot');
      entry.content = inHot?.content ?? here[0]!.content;
      entry.copies = 'versions';
      if (entry.presence === 'never') entry.presence = 'may';
      entry.leasedUntil = before?.leasedUntil ?? null;
      if (before !== undefined) entry.timeMs = before.timeMs;
    }
  }

  /** Rows of files that may reach the archive yet. */
  mayComeBack(found: readonly Found[]): void {
    for (const { uid, content } of found) {
      const entry = this.entries.get(uid)!;
      if (entry.presence === 'never') entry.presence = 'may';
      entry.contents.add(content);
      entry.copies = 'versions';
    }
  }
}

/** A table without a key. */
export const KEYLESS = 't_none';

/** Tables whose rowids name another row as soon as one is deleted. */
const REUSED = new Set([KEYLESS, 't_integer']);

export function purgeableAt(timeMs: number): number {
  return (Math.floor(timeMs / DAY_MS) + 1 + KEPT_DAYS) * DAY_MS;
}

/** A row as the independent reader found it. */
export interface Found {
  readonly uid: number;
  readonly table: string;
  readonly place: string;
  readonly content: string;
  /** The same with columns that were added, whose values the application did not write. */
  readonly cells: string;
}

/** A column's name is kept through a renaming, and an added one counts only where the application wrote to it. */
export function foundIn({ table, place, cells }: PlacedRow): Found {
  const named = cells.map(([column, cell]): [string, string] => [column.replace(/_renamed$/, ''), cell]);
  const own = named.filter(
    ([column, cell]) => !(column.startsWith('added_') && (cell === 'n' || cell === ADDED_DEFAULT)),
  );
  const uid = Number(own.find(([column]) => column === 'uid')![1].slice(1));
  return {
    uid,
    table: table.replace(/_renamed$/, ''),
    place,
    content: canonicalRow(own),
    cells: canonicalRow(cells),
  };
}

/** The cell of `DEFAULT 'none'`. */
const ADDED_DEFAULT = 'tnone';
