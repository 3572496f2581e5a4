import { splitLines } from '../../format/line/line.ts';
import type { SegmentReader } from '../../format/segment/segment-reader.ts';

/** Gives lines of a segment by their position; going forward, each block is inflated once. */
export class LineCursor {
  readonly #reader: SegmentReader;
  #block = -1;
  #first = 0;
  #lines: readonly Uint8Array[] = [];

  constructor(reader: SegmentReader) {
    this.#reader = reader;
  }

  /** Lines `first` … `first + count - 1`, line feeds included. Positions must lie within the segment. */
  async at(first: number, count: number): Promise<Uint8Array[]> {
    const found: Uint8Array[] = [];
    while (found.length < count) {
      const position = first + found.length;
      await this.#load(position);
      const from = position - this.#first;
      found.push(...this.#lines.slice(from, from + count - found.length));
    }
    return found;
  }

  /** Lines `from` … `end - 1` in batches, each with the position of its first line. */
  async *batches(
    from: number,
    end: number,
    size: number | (() => number),
  ): AsyncGenerator<{ readonly first: number; readonly lines: readonly Uint8Array[] }> {
    for (let first = from; first < end; ) {
      const most = typeof size === 'number' ? size : size();
      const lines = await this.at(first, Math.min(most, end - first));
      yield { first, lines };
      first += lines.length;
    }
  }

  async #load(position: number): Promise<void> {
    if (position >= this.#first && position < this.#first + this.#lines.length) return;
    const { blocks } = this.#reader.footer;
    if (position < this.#first) [this.#block, this.#first, this.#lines] = [-1, 0, []];
    let [block, first] = [this.#block + 1, this.#first + this.#lines.length];
    while (position >= first + (blocks[block]?.rows ?? Number.POSITIVE_INFINITY))
      first += blocks[block++]!.rows;
    this.#lines = splitLines(await this.#reader.block(block));
    [this.#block, this.#first] = [block, first];
  }
}
