import { QUARANTINE } from '../../archive/archive-path.ts';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { isAway } from '../../archive/away.ts';
import { quarantinedSegment, warmFiles } from '../../archive/listed-files.ts';
import { openStoredBundle } from '../../archive/stored-segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import {
  bundlePath,
  parseSegmentName,
  parseWarmPath,
  type SegmentName,
  warmPath,
} from '../../format/segment-names.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { isNotThere, isUnreadableFile } from '../../model/errors.ts';
import type { Day } from '../../model/instant.ts';
import { foldWord } from '../../model/names.ts';

/**
 * Gives out the part numbers of segments: the one place that does, for copies and for rewrites. A number is never given out that a
 * segment has, had or may have: one with a receipt (tombstones included), a file or a stray of the warm tier, a member of a bundle, a
 * file in quarantine, or what was reserved here before. Numbers grow, so that a segment's successors have greater ones.
 */
export class PartNumbers {
  readonly #archive: ArchiveStore;
  /** The greatest number that a segment of the table and day had. */
  readonly #last = new Map<string, number>();
  /**
   * Numbers that only a name tells of: nobody knows that the file is a segment. They are left out, and do not count as the greatest:
   * somebody may have named a file 999999999, and there must be a next one all the same.
   */
  readonly #named = new Set<string>();
  /** Segments of warm without a receipt, whose footers tell whether they are some. */
  readonly #unknown = new Map<string, string[]>();
  readonly #months = new Map<string, Promise<void>>();
  readonly #days = new Map<string, Promise<void>>();

  private constructor(archive: ArchiveStore) {
    this.#archive = archive;
  }

  static async of(ledger: LedgerReader, archive: ArchiveStore): Promise<PartNumbers> {
    const numbers = new PartNumbers(archive);
    const known = new Set<string>();
    for (const { segment, table, day, part } of await ledger.receipts()) {
      known.add(segment);
      numbers.#take(table, day, part);
    }
    for (const { segment, name } of await warmFiles(archive)) {
      if (!known.has(segment)) numbers.#note(segment, name);
    }
    for (const path of await archive.strays()) numbers.#noteIfNamed(parseWarmPath(path));
    for (const { path } of await archive.list(`${QUARANTINE}/warm`))
      numbers.#noteIfNamed(quarantinedSegment(path));
    return numbers;
  }

  /** The next free number of a table and day. It is taken from now on, whatever becomes of it. */
  async reserve(table: string, day: Day): Promise<number> {
    const own = key(table, day);
    await memoized(this.#months, day.slice(0, 'YYYY-MM'.length), (month) => this.#readBundle(month));
    await memoized(this.#days, own, () => this.#readUnknown(own));
    let part = (this.#last.get(own) ?? 0) + 1;
    while (this.#named.has(key(table, day, part))) part++;
    this.#last.set(own, part);
    return part;
  }

  #take(table: string, day: Day, part: number): void {
    const own = key(table, day);
    this.#last.set(own, Math.max(part, this.#last.get(own) ?? 0));
  }

  #noteIfNamed(segment: string | null): void {
    if (segment !== null) this.#note(segment, parseSegmentName(segment)!);
  }

  #note(segment: string, { table, day, part }: SegmentName): void {
    this.#named.add(key(table, day, part));
    const own = key(table, day);
    this.#unknown.set(own, [...(this.#unknown.get(own) ?? []), segment]);
  }

  /**
   * A bundle that cannot be read has its alarm elsewhere, and does not keep others from being written. With the location of cold away, the
   * ledger knows all names that bundles have (`requireAllNames`).
   */
  async #readBundle(month: string): Promise<void> {
    try {
      await using stored = await openStoredBundle(this.#archive, bundlePath(month));
      for (const { name } of stored?.bundle.members ?? []) {
        const parsed = parseSegmentName(name);
        if (parsed !== null) this.#take(parsed.table, parsed.day, parsed.part);
      }
    } catch (error) {
      if (!isUnreadableFile(error) && !isAway(error)) throw error;
    }
  }

  async #readUnknown(own: string): Promise<void> {
    for (const segment of this.#unknown.get(own) ?? []) {
      try {
        await using file = await this.#archive.open(warmPath(segment));
        const { table, day, part } = (await openSegment(file, segment)).footer;
        if (key(table, day) === own) this.#take(table, day, part);
      } catch (error) {
        if (!isUnreadableFile(error) && !isNotThere(error)) throw error;
      }
    }
  }
}

function memoized(
  known: Map<string, Promise<void>>,
  what: string,
  make: (what: string) => Promise<void>,
): Promise<void> {
  const made = known.get(what) ?? make(what);
  known.set(what, made);
  return made;
}

/** On a file system that folds names, tables that differ in case share their files. */
function key(table: string, day: Day, part: number | '' = ''): string {
  return `${day}/${part}/${foldWord(table)}`;
}
