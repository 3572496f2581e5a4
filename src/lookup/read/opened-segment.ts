import type { BlockProof } from '../../format/segment/block-check.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { FirnError } from '../../model/errors.ts';
import type { Places } from '../places/places.ts';
import type { Pruned, SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { isMissing, type Shelf, type TakenSegment } from '../places/shelf.ts';
import { successorsOf } from '../places/successors.ts';
import { type LineMatcher, lineMatcher } from './line-match.ts';
import { keyProbes, pruneBlocks, pruneSegment } from './prune.ts';
import type { Query } from './query.ts';

/** A segment that may hold rows that are wanted. */
export interface OpenedSegment extends AsyncDisposable {
  readonly ref: SegmentRef;
  readonly taken: TakenSegment;
  readonly matcher: LineMatcher;
  /** Position in the segment of each block's first line. */
  readonly firsts: readonly number[];
}

/**
 * Opens the segments that a query wants and reads their blocks: the one home of what is passed over, what is followed when it moved, and what
 * counts as damage. What cannot be read is a problem in the report, and everything else is read. Filters and statistics only ever spare
 * reading: where a filter is damaged, every block is read.
 */
export class SegmentOpener {
  readonly #places: Places;
  readonly #query: Query;
  readonly #shelf: Shelf;
  readonly #report: SearchReport;

  constructor(places: Places, query: Query, shelf: Shelf, report: SearchReport) {
    this.#places = places;
    this.#query = query;
    this.#shelf = shelf;
    this.#report = report;
  }

  /** False for a segment that holds nothing that is wanted, as far as its receipt tells. */
  wants(ref: SegmentRef): boolean {
    const { segments, bytes } = this.#report;
    segments.total++;
    const pruned = pruneSegment(this.#query, ref);
    if (pruned !== 'table') bytes.total += ref.bytes;
    if (pruned !== null) segments.pruned[pruned]++;
    return pruned === null;
  }

  /**
   * Null when nothing in it is wanted, or when it cannot be read.
   * @param onHeirs given the segments that hold its rows now, when it is gone.
   */
  async open(
    ref: SegmentRef,
    onHeirs: (heirs: readonly SegmentRef[]) => void,
  ): Promise<OpenedSegment | null> {
    const { segments, bytes } = this.#report;
    try {
      const taken = await this.#shelf.take(ref);
      const { reader } = taken;
      const close = async (): Promise<void> => {
        bytes.read += reader.bytesRead;
        await taken[Symbol.asyncDispose]();
      };
      const matcher = lineMatcher(this.#query, reader.footer);
      if (matcher !== null) {
        return { ref, taken, matcher, firsts: firstLines(reader.footer), [Symbol.asyncDispose]: close };
      }
      segments.pruned.column++;
      await close();
      return null;
    } catch (error) {
      const heirs = isMissing(error) ? await successorsOf(this.#places, ref) : null;
      if (heirs === null) this.problem(ref, error, ref.rows);
      else onHeirs(heirs);
      return null;
    }
  }

  /** The blocks that may hold matches, ascending. */
  async blocks({ taken }: OpenedSegment): Promise<readonly number[]> {
    const { segments, blocks } = this.#report;
    const pruned = await this.#judge(taken);
    const wanted = pruned.flatMap((why, at) => (why === null ? [at] : []));
    blocks.total += pruned.length;
    for (const why of pruned) if (why !== null) blocks.pruned[why]++;
    if (wanted.length > 0) segments.read++;
    else segments.pruned[pruned.includes('key') ? 'key' : 'time']++;
    return wanted;
  }

  /** The text of a block; null when it cannot be read. */
  async read({ ref, taken }: OpenedSegment, block: number, proof?: BlockProof): Promise<Uint8Array | null> {
    const { blocks, bytes } = this.#report;
    try {
      const text = await taken.reader.block(block, proof);
      blocks.read++;
      bytes.inflated += text.length;
      return text;
    } catch (error) {
      this.problem(ref, error, taken.reader.footer.blocks[block]!.rows);
      return null;
    }
  }

  /** Notes a segment, or a part of it, that cannot be read; any other failure is thrown. */
  problem(ref: SegmentRef, error: unknown, rows: number): void {
    if (!(error instanceof FirnError) || error.code === 'unavailable' || error.code === 'database')
      throw error;
    const { segment, table, tier } = ref;
    const path = error.path ?? segment;
    this.#report.problems.push({ segment, table, tier, rows, path, why: error.message });
  }

  async #judge({ ref, reader }: TakenSegment): Promise<(Pruned | null)[]> {
    const answers: (readonly boolean[])[] = [];
    for (const { column, values } of keyProbes(this.#query, reader.footer)) {
      try {
        const forms = await Promise.all(values.map((value) => reader.mayContain(column, value)));
        answers.push(reader.footer.blocks.map((_, at) => forms.some((form) => form?.[at] ?? true)));
      } catch (error) {
        this.problem(ref, error, 0);
      }
    }
    return pruneBlocks(this.#query, reader.footer, answers);
  }
}

function firstLines({ blocks }: Pick<Footer, 'blocks'>): readonly number[] {
  const firsts: number[] = [];
  let position = 0;
  for (const { rows } of blocks) {
    firsts.push(position);
    position += rows;
  }
  return firsts;
}
