import { type ArchiveStore, GoneFile, type OpenedAs } from '../../archive/archive-store.ts';
import {
  bundleOf,
  openStoredBundle,
  openWarm,
  type StoredBundle,
  type StoredSegment,
} from '../../archive/stored-segment.ts';
import { openSegment, type SegmentReader } from '../../format/segment/segment-reader.ts';
import { FirnError } from '../../model/errors.ts';
import type { SegmentRef } from './segment-ref.ts';

/** A segment taken from the shelf. */
export interface TakenSegment extends StoredSegment {
  readonly ref: SegmentRef;
  readonly reader: SegmentReader;
}

/** Opens many segments; a bundle's table of contents is read once however many segments are taken from it. */
export class Shelf implements AsyncDisposable {
  readonly #archive: ArchiveStore;
  readonly #bundles = new Map<string, Promise<StoredBundle | null>>();
  /** Bundles that were replaced while they were read: segments that were taken from them stay readable. */
  readonly #older: Promise<StoredBundle | null>[] = [];

  constructor(archive: ArchiveStore) {
    this.#archive = archive;
  }

  /**
   * Throws `integrity` when the segment is missing (`isMissing` tells it apart), damaged, or not the one that its receipt remembers.
   * It is looked for in both tiers, as it may move while others read.
   */
  async take(ref: SegmentRef): Promise<TakenSegment> {
    try {
      return await this.#take(ref);
    } catch (error) {
      if (!(error instanceof GoneFile)) throw error;
      return await this.retake(ref);
    }
  }

  /** Takes a segment from where it is now, as the file that it was taken from is gone. Throws as `take` does. */
  async retake(ref: SegmentRef): Promise<TakenSegment> {
    await this.#openBundle(bundleOf(ref.segment), 'now');
    return await this.#take(ref);
  }

  async #take(ref: SegmentRef): Promise<TakenSegment> {
    const { segment } = ref;
    const found =
      ref.tier === 'warm'
        ? ((await openWarm(this.#archive, segment)) ?? (await this.#cold(segment)))
        : ((await this.#cold(segment)) ?? (await openWarm(this.#archive, segment)));
    if (found === null) throw new MissingSegment(segment);
    try {
      const reader = await openSegment(found.source, segment);
      if (ref.digest !== null && reader.footer.digest !== ref.digest) {
        throw new FirnError('integrity', 'it is intact, but it does not match its ledger entry', {
          operation: 'open the segment',
          path: found.path,
        });
      }
      return { ref, reader, ...found };
    } catch (error) {
      await found[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opening of [...this.#bundles.values(), ...this.#older]) {
      const opened = await opening.catch(() => null);
      await opened?.[Symbol.asyncDispose]();
    }
    this.#bundles.clear();
    this.#older.length = 0;
  }

  async #cold(segment: string): Promise<StoredSegment | null> {
    const path = bundleOf(segment);
    const known = await (this.#bundles.get(path) ?? this.#openBundle(path, 'listed'));
    // It may have come into the bundle since that was opened, or listed.
    const found =
      known?.bundle.open(segment) ?? (await this.#openBundle(path, 'now'))?.bundle.open(segment) ?? null;
    // The bundle stays open until the shelf is closed.
    return found === null
      ? null
      : { source: found, tier: 'cold', path, [Symbol.asyncDispose]: async () => undefined };
  }

  #openBundle(path: string, as: OpenedAs): Promise<StoredBundle | null> {
    const before = this.#bundles.get(path);
    if (before !== undefined) this.#older.push(before);
    const opening = openStoredBundle(this.#archive, path, as);
    // Awaited by those who take from it; a failure must not count as unhandled until then.
    opening.catch(() => undefined);
    this.#bundles.set(path, opening);
    return opening;
  }
}

/** A segment that a receipt promises and that is in neither tier. */
class MissingSegment extends FirnError {
  constructor(segment: string) {
    super('integrity', 'archive file missing; the ledger still lists it', {
      operation: 'open the segment',
      path: segment,
      hint: 'Restore the file from a backup, then run firn verify --deep.',
    });
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof MissingSegment;
}
