import { pruneIndexed } from '../../format/match/candidate-blocks.ts';
import { type LineMatcher, lineMatcher } from '../../format/match/line-match.ts';
import type { IndexedFile, LookupIndex, Shape } from '../../format/match/lookup-index.ts';
import { sizes } from '../../model/sizes.ts';
import type { ArchiveNames } from '../places/archive-names.ts';
import type { Places } from '../places/places.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import type { Query } from './query.ts';

/** Why nothing in a segment is wanted: it lacks a column, or why each of its blocks need not be read. */
export type PassedOver = 'column' | readonly ('time' | 'key')[];

/** The index of lookup keys, where it can tell something about a query; null where it cannot, or there is none. */
export async function foretell(
  { index, names }: Pick<Places, 'index' | 'names'>,
  query: Query,
  segments: number,
): Promise<Foretold | null> {
  const asksForKeys = query.among !== null || query.where.some(({ op }) => op === '=');
  if (!asksForKeys || segments < sizes.indexedSegments || names === undefined) return null;
  const read = (await index?.()) ?? null;
  return read === null ? null : new Foretold(read, names, query);
}

/**
 * Tells without opening them that segments hold nothing that is wanted. It never says that a segment holds something, and it is asked only about
 * segments whose seal is that of the receipt, and whose file the archive still has as it was when it was indexed.
 */
export class Foretold {
  readonly #index: LookupIndex;
  readonly #names: ArchiveNames;
  readonly #query: Query;
  readonly #matchers = new Map<Shape, LineMatcher | null>();
  /** The answers, as each is asked for more than once. */
  readonly #told = new Map<string, PassedOver | null>();

  constructor(index: LookupIndex, names: ArchiveNames, query: Query) {
    [this.#index, this.#names, this.#query] = [index, names, query];
  }

  /** Null for a segment that has to be opened. */
  of(ref: SegmentRef): PassedOver | null {
    let told = this.#told.get(ref.segment);
    if (told === undefined) {
      told = this.#look(ref);
      this.#told.set(ref.segment, told);
    }
    return told;
  }

  #look({ segment, digest }: SegmentRef): PassedOver | null {
    const indexed = this.#index.get(segment);
    if (indexed === undefined || indexed.digest !== digest) return null;
    if (!isSameFile(indexed.file, this.#names.segments.get(segment)?.file)) return null;
    const matcher = this.#matcherFor(indexed.shape);
    if (matcher === null) return 'column';
    const pruned = pruneIndexed(indexed, matcher.filter);
    return pruned.every((why) => why !== null) ? pruned : null;
  }

  #matcherFor(shape: Shape): LineMatcher | null {
    let matcher = this.#matchers.get(shape);
    if (matcher === undefined) {
      matcher = lineMatcher(this.#query, shape);
      this.#matchers.set(shape, matcher);
    }
    return matcher;
  }
}

function isSameFile(
  { path, bytes, modifiedMs }: IndexedFile,
  now: { readonly path: string; readonly bytes: number; readonly modifiedMs?: number } | undefined,
): boolean {
  return now?.path === path && now.bytes === bytes && (now.modifiedMs ?? null) === modifiedMs;
}
