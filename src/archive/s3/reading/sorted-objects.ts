import { isName, TEMPORARY } from '../../archive-path.ts';
import type { StoredFile } from '../../archive-store.ts';
import { generationKey, hasGenerations, parseGenerationKey } from '../generations.ts';
import type { ListedObject } from '../objects/list-objects.ts';

/** A file of the archive, and the object that it is. */
export interface KeyedFile extends StoredFile {
  /** Below the prefix of the archive. */
  readonly key: string;
  readonly etag: string;
  /** Of a bundle; null for every other file. */
  readonly generation: number | null;
}

export interface SortedObjects {
  /** Sorted by path. Of the objects of a bundle, the newest. */
  readonly files: readonly KeyedFile[];
  /** Keys that are no paths, sorted. */
  readonly strays: readonly string[];
}

/** Tells what the objects below a prefix are. Unpublished ones are left out. */
export function sortObjects(objects: readonly ListedObject[], prefix: string): SortedObjects {
  const files = new Map<string, KeyedFile>();
  const strays: string[] = [];
  for (const { key: whole, bytes, etag, storageClass } of objects) {
    const key = whole.slice(prefix.length);
    if (key.startsWith(`${TEMPORARY}/`)) continue;
    const bundle = parseGenerationKey(key);
    // Who copied a bundle into the bucket by its path did not give it a number: it would hide the ones that have.
    if ((bundle === null && hasGenerations(key)) || !key.split('/').every(isName)) {
      strays.push(key);
      continue;
    }
    const { path, generation } = bundle ?? { path: key, generation: null };
    if ((files.get(path)?.generation ?? 0) > (generation ?? 0)) continue;
    const kept = storageClass === '' ? {} : { storageClass };
    files.set(path, { path, bytes, key, etag, generation, ...kept });
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, strays: strays.sort() };
}

/** The key of the generation after this one. */
export function nextKey(path: string, generation: number): string {
  return generationKey({ path, generation: generation + 1 });
}
