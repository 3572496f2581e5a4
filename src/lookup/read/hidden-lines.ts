import type { ScannedLine } from '../../format/match/block-scan.ts';
import type { HotFinding } from '../../hot/hot-lookup.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import type { TableShape } from '../../model/shape.ts';
import type { SegmentRef } from '../places/segment-ref.ts';

/** What a search found in hot of one table. */
export interface GatheredTable {
  /** Null when hot does not have the table (any more), or cannot read it. */
  readonly shape: TableShape | null;
  readonly finding: HotFinding;
}

/**
 * Tells which archived lines give way to a row of hot: those that have not been drained, and, when asked, those whose very row stands in hot
 * under a lease. A hot row that only has the key of a line hides nothing: it may be another row.
 */
export class HiddenLines {
  readonly #tables: ReadonlyMap<string, GatheredTable>;
  readonly #hidesLeased: boolean;
  readonly #dialect: Dialect;

  /** @param tables by folded name. */
  constructor(tables: ReadonlyMap<string, GatheredTable>, hidesLeased: boolean, dialect: Dialect) {
    this.#tables = tables;
    this.#hidesLeased = hidesLeased;
    this.#dialect = dialect;
  }

  /** Whether any line of a segment may be hidden. */
  mayHide(ref: SegmentRef): boolean {
    return ref.drained < ref.rows || ref.kept.size > 0 || (ref.leased && this.#hidesLeased);
  }

  /**
   * Positions in `lines` that are hidden. Every line may be asked about once.
   * @param first position in the segment of the block's first line.
   */
  async among(
    ref: SegmentRef,
    timeColumn: string,
    first: number,
    lines: readonly ScannedLine[],
  ): Promise<ReadonlySet<number>> {
    const hidden = new Set<number>();
    const own = this.#tables.get(this.#dialect.foldName(ref.table));
    // A table that is gone, or cannot be read, holds no row.
    if (own === undefined || own.shape === null || !this.mayHide(ref)) return hidden;
    const { finding } = own;
    const undrained: number[] = [];
    for (const [at, { index }] of lines.entries()) {
      const position = first + index;
      if (ref.kept.has(position)) hidden.add(at);
      else if (position >= ref.drained) undrained.push(at);
    }
    const linesAt = (places: readonly number[]): Uint8Array[] => places.map((at) => lines[at]!.line);
    // Rows of an adopted segment may have left hot before, under an earlier ledger.
    const inHot = ref.adopted
      ? (await finding.twinsAmong(linesAt(undrained))).map((at) => undrained[at]!)
      : undrained;
    for (const at of inHot) hidden.add(at);
    if (!ref.leased || !this.#hidesLeased) return hidden;
    const left = [...lines.keys()].filter((at) => !hidden.has(at));
    for (const at of await finding.leasedAmong(linesAt(left), timeColumn)) hidden.add(left[at]!);
    return hidden;
  }
}
