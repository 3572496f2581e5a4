import type { ArchiveStore } from './archive-store.ts';
import {
  bundleOf,
  openStored,
  openStoredBundle,
  type StoredBundle,
  type StoredSegment,
} from './stored-segment.ts';

interface Shelved {
  readonly path: string;
  /** Null when there is no such file. */
  readonly opened: Promise<StoredBundle | null>;
  users: number;
}

/** Opens segments that are read one after the other: a bundle stays open from one segment to the next. */
export class BundleShelf implements AsyncDisposable {
  readonly #archive: ArchiveStore;
  #latest: Shelved | null = null;

  constructor(archive: ArchiveStore) {
    this.#archive = archive;
  }

  /** As `openStored` does. */
  async open(segment: string, tier: 'warm' | 'cold'): Promise<StoredSegment | null> {
    if (tier === 'warm') return await openStored(this.#archive, segment, tier);
    const path = bundleOf(segment);
    const shelved = await this.#take(path);
    try {
      const source = (await shelved.opened)?.bundle.open(segment) ?? null;
      if (source !== null) {
        return { source, tier, path, [Symbol.asyncDispose]: () => this.#giveBack(shelved) };
      }
    } catch (error) {
      await this.#giveBack(shelved);
      throw error;
    }
    await this.#giveBack(shelved);
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const latest = this.#latest;
    this.#latest = null;
    if (latest !== null) await this.#giveBack(latest);
  }

  /** The shelf itself is a user of the latest bundle. */
  async #take(path: string): Promise<Shelved> {
    const before = this.#latest;
    if (before?.path === path) {
      before.users++;
      return before;
    }
    const shelved: Shelved = { path, opened: openStoredBundle(this.#archive, path), users: 2 };
    // Awaited by its users; its error must not count as unhandled until then.
    shelved.opened.catch(() => {});
    this.#latest = shelved;
    if (before !== null) await this.#giveBack(before);
    return shelved;
  }

  async #giveBack(shelved: Shelved): Promise<void> {
    if (--shelved.users > 0) return;
    const opened = await shelved.opened.catch(() => null);
    await opened?.[Symbol.asyncDispose]();
  }
}
