import type { HotReader } from '../hot/hot-store.ts';
import type { HotLookup } from '../hot/lookup.ts';
import { FirnError } from '../model/errors.ts';
import type { TableShape } from '../model/shape.ts';
import type { ScannedLine } from './block-scan.ts';
import type { Places } from './places.ts';
import type { SegmentRef } from './segment-ref.ts';

/** Tells lines whose row stands in hot too: there it is newer, or the same. */
export class Superseded {
  readonly #reader: HotReader;
  readonly #lookup: HotLookup;
  readonly #shapes: ReadonlyMap<string, TableShape>;

  constructor({ reader, lookup }: NonNullable<Places['hot']>, shapes: ReadonlyMap<string, TableShape>) {
    this.#reader = reader;
    this.#lookup = lookup;
    this.#shapes = shapes;
  }

  /** Positions in `lines` that give way to a hot row. `first` is the segment's position of the block's first line. */
  async among(ref: SegmentRef, first: number, lines: readonly ScannedLine[]): Promise<ReadonlySet<number>> {
    const open = [...lines.keys()].filter((at) => ref.shared || first + lines[at]!.index >= ref.drained);
    if (open.length === 0) return new Set();
    const present = await this.#present(
      ref,
      open.map((at) => lines[at]!.line),
    );
    const hidden = new Set(present.map((at) => open[at]!));
    if (ref.drained < ref.rows && hidden.size < open.length) {
      // A row that left since the search began was hot when it began, and was found there.
      const now = await this.#reader.ledger.receipt(ref.segment);
      const drained = now?.state === 'draining' ? now.position : (now?.rows ?? 0);
      for (const at of open) {
        const position = first + lines[at]!.index;
        if (position >= ref.drained && position < drained) hidden.add(at);
      }
    }
    return hidden;
  }

  async #present(ref: SegmentRef, lines: readonly Uint8Array[]): Promise<readonly number[]> {
    const { table } = ref;
    const shape = [...this.#shapes.values()].find((known) => known.table === table);
    if (shape === undefined) return [];
    if (ref.shared && shape.primaryKey.length === 0) return await this.#leased(shape, lines);
    try {
      return await this.#reader.present(shape, lines);
    } catch (error) {
      // The key of the table is another one now: no hot row is the row of such a line.
      if (error instanceof FirnError && error.code === 'refused') return [];
      throw error;
    }
  }

  /** Without a primary key a row of the same rowid may be another row: only its lease tells. */
  async #leased(shape: TableShape, lines: readonly Uint8Array[]): Promise<readonly number[]> {
    const found: number[] = [];
    for (const [at, line] of lines.entries()) {
      if ((await this.#lookup.leaseOf(shape, '', line))?.found === 'same') found.push(at);
    }
    return found;
  }
}
