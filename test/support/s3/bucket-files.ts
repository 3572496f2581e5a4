import { DatabaseSync } from 'node:sqlite';
import type { BucketState } from './model/bucket-state.ts';

/*
 * What a bucket holds, judged without Firn: nothing here may import from src. Written from docs/s3.md: a month's bundle is the object with the
 * highest number, every other file has its path as its key.
 */

const GENERATION = /^(cold\/\d{4}\/\d{4}-\d\d)\.\d{6}(\.tar\.gz)$/;

/** The files of an archive by their path, from the objects below its prefix by their key. */
export function filesOfKeys(objects: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  // The highest generation is the last to take its month's path.
  for (const key of [...objects.keys()].sort()) files.set(key.replace(GENERATION, '$1$2'), objects.get(key)!);
  return files;
}

/** The objects of a model below a prefix (`''` or with a slash at its end). */
export function objectsOf(state: BucketState, prefix: string): Map<string, Uint8Array> {
  const objects = new Map<string, Uint8Array>();
  for (const key of state.keys()) {
    const version = state.current(key);
    if (version !== null && key.startsWith(prefix)) objects.set(key.slice(prefix.length), version.body);
  }
  return objects;
}

/** What costs money and no archive needs: older versions, marks of deletion, uploads that nobody ends. A line each. */
export function remnantsOf(state: BucketState): string[] {
  const lines: string[] = [];
  for (const key of state.keys()) {
    const versions = state.objects.get(key)!;
    // These two are replaced, not removed: a versioned bucket keeps what they were.
    const isReplaced = /(^|\/)(archive|lineage)\.json$/.test(key);
    // A request without a condition that is sent again writes the same bytes again; they go with the object.
    const isRepeated =
      state.kind.ignoresConditions &&
      versions.every(({ body }) => Buffer.compare(body, versions[0]!.body) === 0);
    if (versions.length > 1 && !isReplaced && !isRepeated) lines.push(`${key}: ${versions.length} versions`);
    if (versions[0]!.isMarker) lines.push(`${key}: a mark of deletion`);
  }
  for (const { key } of state.uploads.values()) lines.push(`${key}: an upload in parts is open`);
  return lines;
}

/**
 * Objects that nothing accounts for, and receipts without an object. Below `warm/` each object is the file of a receipt; below `cold/` there is one
 * object for a month, and receipts in it.
 */
export function unaccountedObjects(keys: Iterable<string>, databasePath: string): string[] {
  using database = new DatabaseSync(databasePath, { readOnly: true });
  const hasLedger =
    database.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_firn_receipts'").get() !== undefined;
  const receipts = hasLedger
    ? database.prepare("SELECT segment, tier, day FROM _firn_receipts WHERE state = 'archived'").all()
    : [];
  const expected = new Set(
    receipts.map(({ segment, tier, day }) =>
      tier === 'warm'
        ? `warm/${segment}`
        : `cold/${String(day).slice(0, 4)}/${String(day).slice(0, 7)}.tar.gz`,
    ),
  );
  const lines: string[] = [];
  const found = new Set<string>();
  for (const key of keys) {
    const path = key.replace(GENERATION, '$1$2');
    const isPlaced = path.startsWith('warm/') || path.startsWith('cold/');
    if (found.has(path)) lines.push(`${key}: a second bundle of its month`);
    if (isPlaced && !expected.has(path)) lines.push(`${key}: no receipt`);
    if (path.startsWith('.')) lines.push(`${key}: a temporary object`);
    found.add(path);
  }
  const missing = [...expected].filter((path) => !found.has(path));
  return [...lines, ...missing.map((path) => `${path}: its object is missing`)];
}
