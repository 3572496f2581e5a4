import {
  type BundleGeneration,
  generationKey,
  generationPrefix,
  parseGenerationKey,
} from '../generations.ts';
import type { ArchiveBucket } from '../objects/archive-bucket.ts';
import { listKeys } from '../objects/list-objects.ts';
import { headObject } from '../objects/object-head.ts';
import { sha256OfObject } from '../objects/prove-object.ts';
import { NAMES } from '../objects/upload.ts';

/** The bundle as it is: its newest generation. */
export interface PresentBundle {
  readonly key: string;
  readonly generation: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly storageClass: string | null;
  /** The generations that it took the place of, as its metadata says: number and SHA-256. */
  readonly replaced: ReadonlyMap<number, string>;
  /** Older generations that are still there, the oldest first. */
  readonly older: readonly BundleGeneration[];
}

/** Of how many generations before it an object tells. More than one, since a delayed request may create an older one again. */
const TOLD = 12;
const OPERATION = 'look at the objects of a bundle';

/** Null when there is none. */
export async function presentBundle(bucket: ArchiveBucket, path: string): Promise<PresentBundle | null> {
  const keys = await listKeys(bucket, generationPrefix(path), OPERATION);
  return await newestOf(
    bucket,
    keys.flatMap((key) => parseGenerationKey(key) ?? []),
  );
}

/** The newest of the objects of one bundle. The list may be an older one: what is gone since is left out. */
export async function newestOf(
  bucket: ArchiveBucket,
  generations: readonly BundleGeneration[],
): Promise<PresentBundle | null> {
  const older = generations.toSorted((a, b) => a.generation - b.generation);
  for (let newest = older.pop(); newest !== undefined; newest = older.pop()) {
    const key = generationKey(newest);
    const head = await headObject(bucket, key, OPERATION);
    if (head === null) continue;
    const sha256 = await sha256OfObject(bucket, key, head);
    const replaced = parseReplaced(head.metadata[NAMES.replaces] ?? '');
    const { bytes, storageClass } = head;
    return { key, generation: newest.generation, bytes, sha256, storageClass, replaced, older };
  }
  return null;
}

/** What the metadata of the next generation says of those that it takes the place of. */
export function replacedBy({ generation, sha256, replaced }: PresentBundle): string {
  const told = [[generation, sha256] as const, ...[...replaced].sort(([a], [b]) => b - a)].slice(0, TOLD);
  return told.map(([number, digest]) => `${number}:${digest}`).join(' ');
}

function parseReplaced(text: string): ReadonlyMap<number, string> {
  const found = [...text.matchAll(/(\d+):([0-9a-f]{64})/g)];
  return new Map(found.map(([, generation, sha256]) => [Number(generation), sha256!]));
}

/** What becomes of older generations that are still there. */
export interface Superseded {
  /** Those whose bytes the newest one accounts for: they may be deleted. */
  readonly accounted: readonly BundleGeneration[];
  /** Those that nothing accounts for. */
  readonly unknown: readonly BundleGeneration[];
}

/** Compares older generations with what the newest one says of them. */
export async function judgeOlder(bucket: ArchiveBucket, present: PresentBundle): Promise<Superseded> {
  const [accounted, unknown]: [BundleGeneration[], BundleGeneration[]] = [[], []];
  for (const one of present.older) {
    const key = generationKey(one);
    const head = await headObject(bucket, key, OPERATION);
    if (head === null) continue;
    const sha256 = await sha256OfObject(bucket, key, head);
    (present.replaced.get(one.generation) === sha256 ? accounted : unknown).push(one);
  }
  return { accounted, unknown };
}
