import type { Footer } from '../format/segment.ts';
import { FirnError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import { sizes } from '../model/sizes.ts';
import { type ScannedLine, scanBlock } from './block-scan.ts';
import { Heap } from './heap.ts';
import { type LineMatcher, lineMatcher } from './line-match.ts';
import { keyProbes, pruneBlocks, pruneSegment } from './prune.ts';
import type { Query } from './query.ts';
import type { SearchReport } from './search-report.ts';
import type { SegmentRef } from './segment-ref.ts';
import { isMissing, type Shelf, type TakenSegment } from './shelf.ts';

/** The matching lines of one block. */
export interface WalkedBlock {
  readonly taken: TakenSegment;
  /** 0-based position in the segment of the block's first line. */
  readonly first: number;
  readonly lines: readonly ScannedLine[];
}

export interface WalkOptions {
  readonly shelf: Shelf;
  readonly report: SearchReport;
  /** Asked when a segment is not there: those that hold its rows now, or null when it should be there. */
  readonly successors: (ref: SegmentRef) => Promise<readonly SegmentRef[] | null>;
}

interface BlockItem {
  readonly order: number;
  readonly opened: OpenedSegment;
  readonly block: number;
}

interface OpenedSegment {
  readonly taken: TakenSegment;
  readonly matcher: LineMatcher;
  /** Position of each block's first line. */
  readonly firsts: readonly number[];
  /** Blocks still to be read. */
  left: number;
}

/**
 * Reads the blocks that may hold matches, in the order in which their rows may come: by their first instant, or by their last
 * when the newest are wanted first. Segments are opened when it is their turn. Blocks are inflated on zlib's threads while others are scanned.
 */
export class BlockWalk implements AsyncDisposable {
  readonly #query: Query;
  readonly #options: WalkOptions;
  readonly #segments = new Heap<{ order: number; ref: SegmentRef }>(byOrder);
  readonly #opening = new Map<SegmentRef, Promise<OpenedSegment | null>>();
  readonly #blocks = new Heap<BlockItem>(byOrder);
  readonly #inFlight: { readonly order: number; readonly walked: Promise<WalkedBlock | null> }[] = [];
  readonly #open = new Set<OpenedSegment>();

  constructor(query: Query, refs: readonly SegmentRef[], options: WalkOptions) {
    this.#query = query;
    this.#options = options;
    for (const ref of refs) this.#consider(ref);
  }

  /** No row of a block that was not yet taken comes before this; null when there is no such block. */
  get next(): number | null {
    const orders = [this.#inFlight[0]?.order, this.#blocks.peek()?.order, this.#segments.peek()?.order];
    const known = orders.filter((order) => order !== undefined);
    return known.length === 0 ? null : Math.min(...known);
  }

  /** Reads the next block; null when it could not be read (the report says so) or there is none left. */
  async take(): Promise<WalkedBlock | null> {
    await this.#fill();
    const next = this.#inFlight.shift();
    return next === undefined ? null : await next.walked;
  }

  /** Notes what was not needed, and closes what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { report } = this.#options;
    await Promise.allSettled(this.#inFlight.splice(0).map(({ walked }) => walked));
    for (const settled of await Promise.allSettled(this.#opening.values())) {
      if (settled.status === 'fulfilled' && settled.value !== null) this.#open.add(settled.value);
    }
    report.segments.pruned.limit += this.#segments.size;
    report.blocks.pruned.limit += this.#blocks.size;
    for (const opened of this.#open) await this.#close(opened);
  }

  #consider(ref: SegmentRef): void {
    const { segments, bytes } = this.#options.report;
    segments.total++;
    const pruned = pruneSegment(this.#query, ref);
    if (pruned !== 'table') bytes.total += ref.bytes;
    if (pruned !== null) segments.pruned[pruned]++;
    else this.#segments.push({ order: this.#order(ref), ref });
  }

  #order({ minTime, maxTime }: { readonly minTime: Instant; readonly maxTime: Instant }): number {
    return this.#query.order === 'oldest' ? minTime : -maxTime;
  }

  async #fill(): Promise<void> {
    while (this.#inFlight.length < sizes.blocksAhead) {
      const segment = this.#segments.peek();
      const block = this.#blocks.peek();
      if (segment !== undefined && (block === undefined || segment.order <= block.order)) {
        await this.#openNext();
      } else if (block !== undefined) {
        this.#blocks.pop();
        const walked = this.#walk(block);
        // Awaited in its turn; a failure must not count as unhandled until then.
        walked.catch(() => undefined);
        this.#inFlight.push({ order: block.order, walked });
      } else {
        return;
      }
    }
  }

  async #openNext(): Promise<void> {
    this.#openAhead();
    const { ref } = this.#segments.pop()!;
    const opened = await this.#opening.get(ref)!;
    this.#opening.delete(ref);
    if (opened === null) return;
    this.#open.add(opened);
    const { reader } = opened.taken;
    const { pruned, total } = await this.#judge(opened);
    this.#options.report.blocks.total += total;
    for (const [at, why] of pruned.entries()) {
      if (why !== null) this.#options.report.blocks.pruned[why]++;
      else {
        opened.left++;
        this.#blocks.push({ order: this.#order(reader.footer.blocks[at]!), opened, block: at });
      }
    }
    if (opened.left === 0) {
      this.#options.report.segments.pruned[pruned.includes('key') ? 'key' : 'time']++;
      await this.#close(opened);
    } else this.#options.report.segments.read++;
  }

  async #judge(opened: OpenedSegment): Promise<{ pruned: ReturnType<typeof pruneBlocks>; total: number }> {
    const { reader, ref } = opened.taken;
    const answers: (readonly boolean[])[] = [];
    try {
      for (const { column, values } of keyProbes(this.#query, reader.footer)) {
        const forms = await Promise.all(values.map((value) => reader.mayContain(column, value)));
        const known = forms.filter((form) => form !== null);
        answers.push(reader.footer.blocks.map((_, at) => known.some((form) => form[at])));
      }
    } catch (error) {
      // Its blocks may be whole: they are read instead.
      this.#problem(ref, error, 0);
      answers.length = 0;
    }
    return { pruned: pruneBlocks(this.#query, reader.footer, answers), total: reader.footer.blocks.length };
  }

  /** Starts to open the segments whose turn comes next. */
  #openAhead(): void {
    const next = this.#segments.first(sizes.segmentsAhead);
    for (const { ref } of next) {
      if (this.#opening.has(ref)) continue;
      const opening = this.#openSegment(ref);
      opening.catch(() => undefined);
      this.#opening.set(ref, opening);
    }
  }

  async #openSegment(ref: SegmentRef): Promise<OpenedSegment | null> {
    const { shelf, report, successors } = this.#options;
    try {
      const taken = await shelf.take(ref);
      const { footer } = taken.reader;
      const matcher = lineMatcher(this.#query, footer);
      if (matcher === null) {
        report.segments.pruned.column++;
        report.bytes.read += taken.reader.bytesRead;
        await taken[Symbol.asyncDispose]();
        return null;
      }
      return { taken, matcher, firsts: firstLines(footer), left: 0 };
    } catch (error) {
      const heirs = isMissing(error) ? await successors(ref) : null;
      if (heirs === null) this.#problem(ref, error, ref.rows);
      else for (const heir of heirs) this.#consider(heir);
      return null;
    }
  }

  async #walk({ opened, block }: BlockItem): Promise<WalkedBlock | null> {
    const { taken, matcher, firsts } = opened;
    const { rawBytes, rows } = taken.reader.footer.blocks[block]!;
    const { report } = this.#options;
    try {
      const text = await taken.reader.block(block, 'crc');
      report.blocks.read++;
      report.bytes.inflated += rawBytes;
      return { taken, first: firsts[block]!, lines: scanBlock(text, matcher) };
    } catch (error) {
      this.#problem(taken.ref, error, rows);
      return null;
    } finally {
      opened.left--;
      if (opened.left === 0) await this.#close(opened);
    }
  }

  async #close(opened: OpenedSegment): Promise<void> {
    if (!this.#open.delete(opened)) return;
    this.#options.report.bytes.read += opened.taken.reader.bytesRead;
    await opened.taken[Symbol.asyncDispose]();
  }

  /** Notes a segment, or a part of it, that cannot be read; any other failure is thrown. */
  #problem(ref: SegmentRef, error: unknown, rows: number): void {
    if (!(error instanceof FirnError) || error.code === 'busy' || error.code === 'database') throw error;
    const { segment, table, tier } = ref;
    this.#options.report.problems.push({
      segment,
      table,
      tier,
      rows,
      path: error.path ?? segment,
      why: error.message,
    });
  }
}

/** The position in the segment of each block's first line. */
export function firstLines({ blocks }: Pick<Footer, 'blocks'>): readonly number[] {
  const firsts: number[] = [];
  let position = 0;
  for (const { rows } of blocks) {
    firsts.push(position);
    position += rows;
  }
  return firsts;
}

function byOrder(a: { readonly order: number }, b: { readonly order: number }): number {
  return a.order - b.order;
}
