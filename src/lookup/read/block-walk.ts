import type { ScannedLine } from '../../format/match/block-scan.ts';
import type { Instant } from '../../model/instant.ts';
import { sizes } from '../../model/sizes.ts';
import type { SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import type { ArchivedRows, OpenedSegment } from './archived-rows.ts';
import { Heap } from './heap.ts';
import type { Query } from './query.ts';

/** The matching lines of one block. */
export interface WalkedBlock {
  readonly segment: OpenedSegment;
  readonly block: number;
  readonly lines: readonly ScannedLine[];
}

interface BlockItem {
  readonly order: number;
  readonly opened: OpenSegment;
  readonly block: number;
}

interface OpenSegment {
  readonly segment: OpenedSegment;
  /** Blocks still to be read. */
  left: number;
}

/**
 * Reads the blocks that may hold matches, in the order in which their rows may come: by their first instant, or by their last
 * when the newest are wanted first. Segments are opened when it is their turn. Blocks are inflated on zlib's threads while others are scanned.
 */
export class BlockWalk implements AsyncDisposable {
  readonly #newestFirst: boolean;
  readonly #rows: ArchivedRows;
  readonly #report: SearchReport;
  readonly #segments = new Heap<{ order: number; ref: SegmentRef }>(byOrder);
  readonly #opening = new Map<SegmentRef, Promise<OpenSegment | null>>();
  readonly #blocks = new Heap<BlockItem>(byOrder);
  readonly #inFlight: { readonly order: number; readonly walked: Promise<WalkedBlock> }[] = [];
  readonly #open = new Set<OpenSegment>();

  constructor(order: Query['order'], refs: readonly SegmentRef[], rows: ArchivedRows, report: SearchReport) {
    this.#newestFirst = order === 'newest';
    [this.#rows, this.#report] = [rows, report];
    for (const ref of refs) this.#consider(ref);
  }

  /** No row of a block that was not yet taken comes before this; null when there is no such block. */
  get next(): number | null {
    const orders = [this.#inFlight[0]?.order, this.#blocks.peek()?.order, this.#segments.peek()?.order];
    const known = orders.filter((order) => order !== undefined);
    return known.length === 0 ? null : Math.min(...known);
  }

  /** Reads the next block; null when there is none left. */
  async take(): Promise<WalkedBlock | null> {
    await this.#fill();
    const next = this.#inFlight.shift();
    return next === undefined ? null : await next.walked;
  }

  /** Notes what was not needed, and closes what is open. */
  async [Symbol.asyncDispose](): Promise<void> {
    const report = this.#report;
    await Promise.allSettled(this.#inFlight.splice(0).map(({ walked }) => walked));
    for (const settled of await Promise.allSettled(this.#opening.values())) {
      if (settled.status === 'fulfilled' && settled.value !== null) this.#open.add(settled.value);
    }
    report.segments.pruned.limit += this.#segments.size;
    report.blocks.pruned.limit += this.#blocks.size;
    for (const opened of this.#open) await this.#close(opened);
  }

  #consider(ref: SegmentRef): void {
    if (this.#rows.wants(ref)) this.#segments.push({ order: this.#order(ref), ref });
  }

  #order({ minTime, maxTime }: { readonly minTime: Instant; readonly maxTime: Instant }): number {
    return this.#newestFirst ? -maxTime : minTime;
  }

  async #fill(): Promise<void> {
    while (this.#inFlight.length < sizes.blocksAhead) {
      const segment = this.#segments.peek();
      const block = this.#blocks.peek();
      if (segment !== undefined && (block === undefined || segment.order <= block.order)) {
        if (this.#rows.passesOver(segment.ref)) this.#segments.pop();
        else await this.#openNext();
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
    const { blocks } = opened.segment.taken.reader.footer;
    for (const block of await this.#rows.blocks(opened.segment)) {
      opened.left++;
      this.#blocks.push({ order: this.#order(blocks[block]!), opened, block });
    }
    if (opened.left === 0) await this.#close(opened);
  }

  /** Starts to open the segments whose turn comes next: of a server many in one moment, as those of one bundle share requests. */
  #openAhead(): void {
    const { isRemote } = this.#rows;
    const width = isRemote ? sizes.remoteSegmentsAhead : sizes.segmentsAhead;
    if (isRemote && this.#opening.size > width / 2) return;
    const next = this.#segments.first(width);
    for (const { ref } of next) {
      if (this.#opening.has(ref) || this.#rows.isForetold(ref)) continue;
      const opening = this.#openSegment(ref);
      opening.catch(() => undefined);
      this.#opening.set(ref, opening);
    }
  }

  async #openSegment(ref: SegmentRef): Promise<OpenSegment | null> {
    const segment = await this.#rows.open(ref, (heirs) => {
      for (const heir of heirs) this.#consider(heir);
    });
    return segment === null ? null : { segment, left: 0 };
  }

  async #walk({ opened, block }: BlockItem): Promise<WalkedBlock> {
    const { segment } = opened;
    try {
      return { segment, block, lines: await this.#rows.scan(segment, block) };
    } finally {
      opened.left--;
      if (opened.left === 0) await this.#close(opened);
    }
  }

  async #close(opened: OpenSegment): Promise<void> {
    if (this.#open.delete(opened)) await opened.segment[Symbol.asyncDispose]();
  }
}

function byOrder(a: { readonly order: number }, b: { readonly order: number }): number {
  return a.order - b.order;
}
