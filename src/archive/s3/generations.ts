import { parseBundlePath } from '../../format/segment-names.ts';
import { FirnError } from '../../model/errors.ts';

/** One object of a bundle: each replacement of the bundle is an object of its own, with the next number. */
export interface BundleGeneration {
  /** The path of the bundle above the store: `cold/2026/2026-01.tar.gz`. */
  readonly path: string;
  /** 1 for the first. */
  readonly generation: number;
}

const SUFFIX = '.tar.gz';
const DIGITS = 6;
const KEY = /^(cold\/\d{4}\/\d{4}-\d{2})\.(\d{6})\.tar\.gz$/;

/** Whether the path is one whose objects are numbered. Every other path is its own key. */
export function hasGenerations(path: string): boolean {
  return parseBundlePath(path) !== null;
}

/** The key of one generation, below the prefix of the archive: `cold/2026/2026-01.000001.tar.gz`. Text order is number order. */
export function generationKey({ path, generation }: BundleGeneration): string {
  if (!Number.isSafeInteger(generation) || generation < 1 || generation >= 10 ** DIGITS) {
    const message = `${generation} is not a generation number of a bundle`;
    throw new FirnError('refused', message, { operation: 'name the next bundle', path });
  }
  return `${path.slice(0, -SUFFIX.length)}.${String(generation).padStart(DIGITS, '0')}${SUFFIX}`;
}

/** The inverse of `generationKey`; null for every other key. */
export function parseGenerationKey(key: string): BundleGeneration | null {
  const [, stem, digits] = KEY.exec(key) ?? [];
  const path = `${stem}${SUFFIX}`;
  if (digits === undefined || Number(digits) === 0 || !hasGenerations(path)) return null;
  return { path, generation: Number(digits) };
}

/** What all keys of a bundle begin with, to list them. */
export function generationPrefix(path: string): string {
  return `${path.slice(0, -SUFFIX.length)}.`;
}
