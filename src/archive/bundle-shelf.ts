import { type BundleReader, openBundle } from '../format/bundle-reader.ts';
import { bundlePath } from '../format/names.ts';
import type { ArchiveStore, OpenFile } from './archive-store.ts';
import { openFile, openStored, type StoredSegment } from './stored-segment.ts';

interface Bundle {
  readonly path: string;
  /** Null when there is no such file. */
  readonly opened: Promise<{ readonly file: OpenFile; readonly reader: BundleReader } | null>;
  users: number;
}

/** Opens segments that are read one after the other: a bundle stays open from one segment to the next. */
export class BundleShelf implements AsyncDisposable {
  readonly #archive: ArchiveStore;
  #latest: Bundle | null = null;

  constructor(archive: ArchiveStore) {
    this.#archive = archive;
  }

  /** As `openStored` does. */
  async open(segment: string, tier: 'warm' | 'cold'): Promise<StoredSegment | null> {
    if (tier === 'warm') return await openStored(this.#archive, segment, tier);
    const path = bundlePath(segment.slice(0, 'YYYY-MM'.length));
    const bundle = await this.#take(path);
    try {
      const source = (await bundle.opened)?.reader.open(segment) ?? null;
      if (source !== null) {
        return { source, tier, path, [Symbol.asyncDispose]: () => this.#giveBack(bundle) };
      }
    } catch (error) {
      await this.#giveBack(bundle);
      throw error;
    }
    await this.#giveBack(bundle);
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const latest = this.#latest;
    this.#latest = null;
    if (latest !== null) await this.#giveBack(latest);
  }

  /** The shelf itself is a user of the latest bundle. */
  async #take(path: string): Promise<Bundle> {
    const before = this.#latest;
    if (before?.path === path) {
      before.users++;
      return before;
    }
    const bundle: Bundle = { path, opened: openWhole(this.#archive, path), users: 2 };
    // Awaited by its users; its error must not count as unhandled until then.
    bundle.opened.catch(() => {});
    this.#latest = bundle;
    if (before !== null) await this.#giveBack(before);
    return bundle;
  }

  async #giveBack(bundle: Bundle): Promise<void> {
    if (--bundle.users > 0) return;
    const opened = await bundle.opened.catch(() => null);
    await opened?.file[Symbol.asyncDispose]();
  }
}

async function openWhole(
  archive: ArchiveStore,
  path: string,
): Promise<{ readonly file: OpenFile; readonly reader: BundleReader } | null> {
  const file = await openFile(archive, path);
  if (file === null) return null;
  try {
    return { file, reader: await openBundle(file, path) };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}
