import type { ArchiveStore, OpenFile } from '../archive/archive-store.ts';
import { type BundleReader, openBundle } from '../format/bundle-reader.ts';
import { bundlePath, warmPath } from '../format/names.ts';
import type { ByteSource } from '../format/segment.ts';
import { openSegment, type SegmentReader } from '../format/segment-reader.ts';
import { FirnError } from '../model/errors.ts';
import type { SegmentRef } from './segment-ref.ts';

/** A segment taken from the shelf. */
export interface TakenSegment extends AsyncDisposable {
  readonly ref: SegmentRef;
  readonly reader: SegmentReader;
  readonly source: ByteSource;
  readonly tier: 'warm' | 'cold';
  /** The file that holds its bytes. */
  readonly path: string;
}

interface OpenBundle {
  readonly file: OpenFile;
  readonly bundle: BundleReader;
}

/** Opens many segments; a bundle's table of contents is read once however many segments are taken from it. */
export class Shelf implements AsyncDisposable {
  readonly #archive: ArchiveStore;
  readonly #bundles = new Map<string, Promise<OpenBundle | null>>();

  constructor(archive: ArchiveStore) {
    this.#archive = archive;
  }

  /**
   * Throws `integrity` when the segment is missing (`isMissing` tells it apart), damaged, or not the one that its receipt remembers.
   * It is looked for in both tiers, as it may move while others read.
   */
  async take(ref: SegmentRef): Promise<TakenSegment> {
    const { segment } = ref;
    const found =
      ref.tier === 'warm'
        ? ((await this.#warm(segment)) ?? (await this.#cold(segment)))
        : ((await this.#cold(segment)) ?? (await this.#warm(segment)));
    if (found === null) throw new MissingSegment(segment);
    try {
      const reader = await openSegment(found.source, segment);
      if (ref.digest !== null && reader.footer.digest !== ref.digest) {
        throw new FirnError('integrity', 'it is whole, but not the segment that its receipt describes', {
          operation: 'open the segment',
          path: found.path,
        });
      }
      return { ref, reader, ...found, [Symbol.asyncDispose]: found.close };
    } catch (error) {
      await found.close();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opening of this.#bundles.values()) {
      const opened = await opening.catch(() => null);
      await opened?.file[Symbol.asyncDispose]();
    }
    this.#bundles.clear();
  }

  async #warm(segment: string): Promise<Found | null> {
    const path = warmPath(segment);
    const file = await openFile(this.#archive, path);
    if (file === null) return null;
    return { source: file, tier: 'warm', path, close: async () => void (await file[Symbol.asyncDispose]()) };
  }

  async #cold(segment: string): Promise<Found | null> {
    const path = bundlePath(segment.slice(0, 'YYYY-MM'.length));
    const opened = await this.#bundle(path);
    const source = opened?.bundle.open(segment) ?? null;
    return source === null ? null : { source, tier: 'cold', path, close: async () => undefined };
  }

  #bundle(path: string): Promise<OpenBundle | null> {
    const known = this.#bundles.get(path);
    if (known !== undefined) return known;
    const opening = openBundleFile(this.#archive, path);
    this.#bundles.set(path, opening);
    return opening;
  }
}

interface Found {
  readonly source: ByteSource;
  readonly tier: 'warm' | 'cold';
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** A segment that a receipt promises and that is in neither tier. */
class MissingSegment extends FirnError {
  constructor(segment: string) {
    super('integrity', 'its receipt stands, but it is neither in warm nor in its bundle', {
      operation: 'open the segment',
      path: segment,
      hint: 'See `firn verify`.',
    });
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof MissingSegment;
}

async function openBundleFile(archive: ArchiveStore, path: string): Promise<OpenBundle | null> {
  const file = await openFile(archive, path);
  if (file === null) return null;
  try {
    return { file, bundle: await openBundle(file, path) };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

async function openFile(archive: ArchiveStore, path: string): Promise<OpenFile | null> {
  try {
    return await archive.open(path);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'not_found') return null;
    throw error;
  }
}
