import { openBundle } from '../format/bundle-reader.ts';
import { bundlePath, warmPath } from '../format/names.ts';
import type { ByteSource } from '../format/segment.ts';
import { FirnError } from '../model/errors.ts';
import type { ArchiveStore, OpenFile } from './archive-store.ts';

/** The bytes of one segment, wherever they are. */
export interface StoredSegment extends AsyncDisposable {
  readonly source: ByteSource;
  readonly tier: 'warm' | 'cold';
  /** The file that holds them: the segment's own, or its month's bundle. */
  readonly path: string;
}

/** Opens a segment in the wanted tier, warm first; null when it is not there. */
export async function openStored(
  archive: ArchiveStore,
  segment: string,
  tier: 'warm' | 'cold' | 'any',
): Promise<StoredSegment | null> {
  const warm = tier === 'cold' ? null : await openFile(archive, warmPath(segment));
  if (warm !== null)
    return {
      source: warm,
      tier: 'warm',
      path: warmPath(segment),
      [Symbol.asyncDispose]: () => warm[Symbol.asyncDispose](),
    };
  if (tier === 'warm') return null;
  const path = bundlePath(segment.slice(0, 'YYYY-MM'.length));
  const file = await openFile(archive, path);
  if (file === null) return null;
  try {
    const source = (await openBundle(file, path)).open(segment);
    if (source !== null)
      return { source, tier: 'cold', path, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
  await file[Symbol.asyncDispose]();
  return null;
}

/** Null when there is no such file. */
export async function openFile(archive: ArchiveStore, path: string): Promise<OpenFile | null> {
  try {
    return await archive.open(path);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'not_found') return null;
    throw error;
  }
}
