import { crc32 } from 'node:zlib';
import { damaged } from '../damage.ts';
import { decodeLine, type Row, splitLines } from '../line/line.ts';
import { type BlockProof, blockText } from './block-check.ts';
import { bloomContains, isBloomFilter } from './bloom.ts';
import { checkFooter } from './footer-check.ts';
import { parseFooter } from './footer-json.ts';
import { decodeFilter, readFooter } from './layout.ts';
import { release } from './release.ts';
import type { ByteSource, FilterEntry, Footer, ReadUse } from './segment.ts';
import { readTail, type Tail } from './tail.ts';

export interface SegmentReader {
  readonly footer: Footer;
  /** Bytes read from the source so far. */
  readonly bytesRead: number;
  /** The text of one block: whole lines. Throws `integrity` when it is not what the footer says. `proof` `crc` is faster and sees all but deliberate damage. */
  block(index: number, proof?: BlockProof): Promise<Uint8Array>;
  /**
   * For each block whether it may hold a row whose `column` reads `value` as text; null when the segment has no
   * filter for the column. About one `true` in a hundred is wrong, `false` never is. Reads the column's filters once.
   */
  mayContain(column: string, value: string): Promise<readonly boolean[] | null>;
  /** The filter of each block for the column; null when the segment has none. Throws `integrity` when they are damaged. */
  filters(column: string): Promise<readonly Uint8Array[] | null>;
  /** Every line in order, with its line feed; the next block is read ahead. */
  lines(): AsyncIterable<Uint8Array>;
  /** Every row in order, with exact values. */
  rows(): AsyncIterable<Row>;
  /** Every row at once: for small segments. */
  readAll(): Promise<Row[]>;
}

/** What `openSegment` has read, for those who must account for every byte. */
export interface OpenedSegment {
  readonly footer: Footer;
  readonly filters: readonly FilterEntry[];
  readonly tail: Tail;
  /** The file's bytes from the tail's `footerOffset` up to the tail. */
  readonly footerBytes: Uint8Array;
}

/**
 * Opens a segment of either kind; reads its tail and footer only. `path` is for messages. Throws `integrity` when it is
 * no whole segment, `refused` when a later version of Firn has written it.
 */
export async function openSegment(source: ByteSource, path: string): Promise<SegmentReader> {
  const counted = new CountingSource(source);
  return new Reader(counted, path, await readSegmentFooter(counted, path));
}

export async function readSegmentFooter(source: ByteSource, path: string): Promise<OpenedSegment> {
  const tail = await readTail(source, path, 'segment');
  const { bytes, text } = await readFooter(source, path, tail, 'FF');
  const { footer, filters } = parseFooter(text, tail.digest, path);
  checkFooter(footer, filters, tail, path);
  return { footer, filters, tail, footerBytes: bytes };
}

class CountingSource implements ByteSource {
  readonly bytes: number;
  bytesRead = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
    this.bytes = source.bytes;
  }

  async read(offset: number, length: number, use?: ReadUse): Promise<Uint8Array> {
    this.bytesRead += length;
    return this.#source.read(offset, length, use);
  }
}

class Reader implements SegmentReader {
  readonly footer: Footer;
  readonly #source: CountingSource;
  readonly #path: string;
  readonly #entries: readonly FilterEntry[];
  readonly #filters = new Map<string, Promise<readonly Uint8Array[]>>();

  constructor(source: CountingSource, path: string, opened: OpenedSegment) {
    this.#source = source;
    this.#path = path;
    this.footer = opened.footer;
    this.#entries = opened.filters;
  }

  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  async block(index: number, proof: BlockProof = 'digest'): Promise<Uint8Array> {
    const { offset, bytes: length } = this.footer.blocks[index]!;
    const bytes = await this.#source.read(offset, length);
    const lines = await blockText(this.footer, index, bytes, this.#path, proof);
    if (lines !== bytes) release(bytes);
    return lines;
  }

  async mayContain(column: string, value: string): Promise<readonly boolean[] | null> {
    return (await this.filters(column))?.map((filter) => bloomContains(filter, value)) ?? null;
  }

  async filters(column: string): Promise<readonly Uint8Array[] | null> {
    const entry = this.#entries.find((filter) => filter.column === column);
    if (entry === undefined) return null;
    let filters = this.#filters.get(column);
    if (filters === undefined) {
      filters = this.#readFilters(entry);
      this.#filters.set(column, filters);
    }
    return await filters;
  }

  async *lines(): AsyncGenerator<Uint8Array, void, void> {
    let ahead = this.block(0);
    for (let index = 0; index < this.footer.blocks.length; index++) {
      const lines = await ahead;
      if (index + 1 < this.footer.blocks.length) {
        ahead = this.block(index + 1);
        ahead.catch(() => {});
      }
      yield* splitLines(lines);
    }
  }

  async *rows(): AsyncGenerator<Row, void, void> {
    for await (const line of this.lines()) yield decodeLine(line, this.#path);
  }

  async readAll(): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const row of this.rows()) rows.push(row);
    return rows;
  }

  async #readFilters(entry: FilterEntry): Promise<readonly Uint8Array[]> {
    const bytes = await this.#source.read(entry.offset, entry.bytes, 'index');
    const payload = decodeFilter(this.footer, bytes);
    if (payload === null || crc32(payload) !== entry.crc32) throw this.#damagedFilter(entry);
    let at = 0;
    const filters: Uint8Array[] = [];
    for (const length of entry.lengths) {
      filters.push(payload.subarray(at, at + length));
      at += length;
    }
    if (!filters.every(isBloomFilter)) throw this.#damagedFilter(entry);
    return filters;
  }

  #damagedFilter(entry: FilterEntry): Error {
    return damaged(this.#path, 'read a filter', `the filters of \`${entry.column}\` are damaged`);
  }
}
