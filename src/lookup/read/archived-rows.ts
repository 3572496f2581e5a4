import { GoneFile } from '../../archive/archive-store.ts';
import { type ScannedLine, scanBlock } from '../../format/match/block-scan.ts';
import { overlaps, pruneBlocks } from '../../format/match/candidate-blocks.ts';
import { type LineMatcher, lineMatcher } from '../../format/match/line-match.ts';
import type { BlockProof } from '../../format/segment/block-check.ts';
import { release } from '../../format/segment/release.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { type Dialect, dialectOf } from '../../model/database/dialect.ts';
import { FirnError } from '../../model/errors.ts';
import type { Places } from '../places/places.ts';
import { addProblem, type Pruned, problemOf, type SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { isMissing, Shelf, type TakenSegment } from '../places/shelf.ts';
import { successorsOf } from '../places/successors.ts';
import type { PassedOver } from './foretold.ts';
import type { Gathered } from './gather.ts';
import { everything, type Query } from './query.ts';

/** A segment that may hold rows that are wanted. */
export interface OpenedSegment extends AsyncDisposable {
  readonly ref: SegmentRef;
  readonly taken: TakenSegment;
  readonly matcher: LineMatcher;
  /** Tell the lines that were to be erased. */
  readonly erased: readonly LineMatcher[];
  /** Position in the segment of each block's first line. */
  readonly firsts: readonly number[];
}

/** A line that matches. */
export interface FoundLine extends Pick<ScannedLine, 'line' | 'time'> {
  /** 0-based position in its segment. */
  readonly position: number;
}

/**
 * The one reader of archived rows, whoever wants them and in whatever order: what is passed over, what is followed when it moved, which lines
 * match, which of them give way to a hot row or were erased, and what counts as damage. What cannot be read is a problem in the report, and everything
 * else is read.
 */
export class ArchivedRows implements AsyncDisposable {
  readonly #places: Places;
  readonly #query: Query;
  readonly #gathered: Pick<Gathered, 'hidden' | 'erasures' | 'foretold'>;
  readonly #report: SearchReport;
  readonly #proof: BlockProof;
  readonly #shelf: Shelf;

  /**
   * @param gathered what decides which matching lines count.
   * @param proof how much of each block is compared.
   */
  constructor(
    places: Places,
    query: Query,
    gathered: Pick<Gathered, 'hidden' | 'erasures' | 'foretold'>,
    report: SearchReport,
    proof: BlockProof,
  ) {
    [this.#places, this.#query, this.#gathered] = [places, query, gathered];
    [this.#report, this.#proof, this.#shelf] = [report, proof, new Shelf(places.archive)];
  }

  /** Each opening waits for a server. */
  get isRemote(): boolean {
    return this.#places.archive.capabilities.isRemote;
  }

  /** Segments that were opened stay readable until then. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf[Symbol.asyncDispose]();
  }

  /** False for a segment that holds nothing that is wanted, as far as its receipt tells. */
  wants(ref: SegmentRef): boolean {
    const { segments, bytes } = this.#report;
    segments.total++;
    const pruned = whyPassedOver(this.#query, ref, this.#places.dialect);
    if (pruned !== 'table') bytes.total += ref.bytes;
    if (pruned !== null) segments.pruned[pruned]++;
    return pruned === null;
  }

  /** Whether the index tells that a segment, which is wanted as far as its receipt tells, holds nothing that is. */
  isForetold(ref: SegmentRef): boolean {
    return this.#gathered.foretold?.of(ref) != null;
  }

  /** The same, and notes what is passed over: to be asked once, in its turn. */
  passesOver(ref: SegmentRef): boolean {
    const told: PassedOver | null = this.#gathered.foretold?.of(ref) ?? null;
    if (told === null) return false;
    if (told === 'column') this.#report.segments.pruned.column++;
    else this.#noteBlocks(told);
    return true;
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
        // The filters that `blocks` asks for come while other segments are opened. What is wrong with one is told then.
        if (this.isRemote) await pruneBlocks(reader, matcher.filter, () => undefined);
        const erased = erasureMatchers(this.#gathered.erasures, reader.footer);
        const firsts = firstLines(reader.footer);
        return { ref, taken, matcher, erased, firsts, [Symbol.asyncDispose]: close };
      }
      segments.pruned.column++;
      await close();
      return null;
    } catch (error) {
      const heirs = isMissing(error) ? await successorsOf(this.#places, ref) : null;
      if (heirs === null) this.#problem(ref, error, ref.rows);
      else onHeirs(heirs);
      return null;
    }
  }

  /** The blocks that may hold matches, ascending. */
  async blocks({ ref, taken: { reader }, matcher }: OpenedSegment): Promise<readonly number[]> {
    const pruned = await pruneBlocks(reader, matcher.filter, (error) => {
      // Then nothing is passed over, and the blocks are read where the segment is now.
      if (!(error instanceof GoneFile)) this.#problem(ref, error, 0);
    });
    this.#noteBlocks(pruned);
    return pruned.flatMap((why, at) => (why === null ? [at] : []));
  }

  #noteBlocks(pruned: readonly ('time' | 'key' | null)[]): void {
    const { segments, blocks } = this.#report;
    blocks.total += pruned.length;
    for (const why of pruned) if (why !== null) blocks.pruned[why]++;
    if (pruned.includes(null)) segments.read++;
    else segments.pruned[pruned.includes('key') ? 'key' : 'time']++;
  }

  /** Whether lines that match may be left out. */
  isFiltered({ ref, erased }: OpenedSegment): boolean {
    return erased.length > 0 || (this.#gathered.hidden?.mayHide(ref) ?? false);
  }

  /** The lines of a block that match. None when it cannot be read, or has a line that is none: its digest may be right all the same. */
  async scan(segment: OpenedSegment, block: number): Promise<readonly ScannedLine[]> {
    const { ref, taken, matcher } = segment;
    const { blocks, bytes } = this.#report;
    try {
      const text = await this.#text(segment, block);
      blocks.read++;
      bytes.inflated += text.length;
      const lines = scanBlock(text, matcher);
      release(text);
      return lines;
    } catch (error) {
      this.#problem(ref, error, taken.reader.footer.blocks[block]!.rows);
      return [];
    }
  }

  /** The text of a block, also where another run has moved the segment since it was opened: its bytes are the same everywhere. */
  async #text({ ref, taken }: OpenedSegment, block: number): Promise<Uint8Array> {
    try {
      return await taken.reader.block(block, this.#proof);
    } catch (gone) {
      if (!(gone instanceof GoneFile)) throw gone;
      const again = await this.#shelf.retake(ref).catch((error: unknown) => {
        throw isMissing(error) ? gone : error;
      });
      try {
        if (again.reader.footer.digest !== taken.reader.footer.digest) throw gone;
        return await again.reader.block(block, this.#proof);
      } finally {
        this.#report.bytes.read += again.reader.bytesRead;
        await again[Symbol.asyncDispose]();
      }
    }
  }

  /** Those of a block's matching lines that count: their row does not stand in hot, and was not to be erased. */
  async found(
    { ref, taken, erased, firsts }: OpenedSegment,
    block: number,
    lines: readonly ScannedLine[],
  ): Promise<readonly FoundLine[]> {
    const { timeColumn } = taken.reader.footer;
    const first = firsts[block]!;
    const hidden = await this.#gathered.hidden?.among(ref, timeColumn, first, lines);
    this.#report.rows.superseded += hidden?.size ?? 0;
    return lines
      .filter(({ line }, at) => !hidden?.has(at) && erased.every((order) => order.match(line) === null))
      .map(({ line, time, index }) => ({ line, time, position: first + index }));
  }

  /** Notes a segment, or a part of it, that cannot be read; any other failure is thrown. */
  #problem(ref: SegmentRef, error: unknown, rows: number): void {
    const { segment, table, tier } = ref;
    const path = (error instanceof FirnError && error.path) || segment;
    addProblem(this.#report.problems, problemOf({ segment, table, tier, rows, path }, error));
  }
}

/** Why a segment holds nothing that is wanted, as far as its receipt tells; null when it may. */
function whyPassedOver(query: Query, ref: SegmentRef, dialect: Dialect): Pruned | null {
  if (!query.tables.some((table) => dialect.sameName(table, ref.table))) return 'table';
  if (!query.tiers.has(ref.tier)) return 'tier';
  return overlaps(query, ref) ? null : 'time';
}

/** What tells the lines of a segment that were to be erased: an older copy of it may have turned up since. */
function erasureMatchers(erasures: Gathered['erasures'], footer: Footer): LineMatcher[] {
  return erasures
    .filter(
      ({ table, erasedAt }) =>
        // Dates come with and without a fraction.
        dialectOf(footer).sameName(table, footer.table) &&
        Date.parse(footer.archivedAt) <= Date.parse(erasedAt),
    )
    .flatMap(({ where, since, until, among = null }) => {
      return lineMatcher({ ...everything([]), where, since, until, among }, footer) ?? [];
    });
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
