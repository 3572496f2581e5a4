import { type BundleReader, openBundle } from '../format/bundle/bundle-reader.ts';
import type { ByteSource } from '../format/segment/segment.ts';
import { bundlePath, warmPath } from '../format/segment-names.ts';
import { ifThere } from '../model/errors.ts';
import type { ArchiveStore, OpenedAs } from './archive-store.ts';

/** The bytes of one segment, wherever they are. */
export interface StoredSegment extends AsyncDisposable {
  readonly source: ByteSource;
  readonly tier: 'warm' | 'cold';
  /** The file that holds them: the segment's own, or its month's bundle. */
  readonly path: string;
}

/** A month's bundle, and the file it is read from; disposing closes the file. */
export interface StoredBundle extends AsyncDisposable {
  readonly bundle: BundleReader;
  readonly path: string;
}

/** Opens a segment in the wanted tier, warm first; null when it is not there. */
export async function openStored(
  archive: ArchiveStore,
  segment: string,
  tier: 'warm' | 'cold' | 'any',
): Promise<StoredSegment | null> {
  const warm = tier === 'cold' ? null : await openWarm(archive, segment);
  if (warm !== null || tier === 'warm') return warm;
  const stored = await openStoredBundle(archive, bundleOf(segment));
  if (stored === null) return null;
  const close = (): PromiseLike<void> => stored[Symbol.asyncDispose]();
  const source = stored.bundle.open(segment);
  if (source !== null) return { source, tier: 'cold', path: stored.path, [Symbol.asyncDispose]: close };
  await close();
  return null;
}

/** Opens the file of a segment in warm; null when there is none. */
export async function openWarm(archive: ArchiveStore, segment: string): Promise<StoredSegment | null> {
  const path = warmPath(segment);
  const file = await ifThere(archive.open(path));
  if (file === null) return null;
  return { source: file, tier: 'warm', path, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
}

/** Opens a bundle; null when there is none. Throws `integrity` when it is damaged. */
export async function openStoredBundle(
  archive: ArchiveStore,
  path: string,
  as: OpenedAs = 'now',
): Promise<StoredBundle | null> {
  const file = await ifThere(archive.open(path, as));
  if (file === null) return null;
  try {
    const bundle = await openBundle(file, path);
    return { bundle, path, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

/** The path of the bundle that a segment is in, once it is cold. */
export function bundleOf(segment: string): string {
  return bundlePath(segment.slice(0, 'YYYY-MM'.length));
}
