import { createHash, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { FirnError } from '../../model/errors.ts';
import { asInstant } from '../../model/instant.ts';
import { ROWID } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { AUTO } from '../../model/time/time-format.ts';
import { describingFormat } from '../format-3.ts';
import type { Format } from '../format-version.ts';
import { deflateBlock, type Packed } from '../framing/deflate.ts';
import { segmentName } from '../segment-names.ts';
import { countLines } from './block-check.ts';
import { bloomFilter } from './bloom.ts';
import { checkFooter } from './footer-check.ts';
import { footerText } from './footer-json.ts';
import { encodeFilters, encodeFooter, filterBytes, footerStart, framingFormat } from './layout.ts';
import { release, releaseOutput } from './release.ts';
import type { Block, BlockEntry, ByteSink, FilterEntry, Footer, SegmentHead } from './segment.ts';
import { encodeTail, type Tail } from './tail.ts';

export interface SegmentWriterOptions {
  /** Columns that get a Bloom filter per block, if the table has them; each block must bring their values in `keys`. */
  readonly lookupKeys: readonly string[];
  /** How hard blocks are compressed, 1 to 9. Missing: `DEFAULT_LEVEL`. */
  readonly level?: number | undefined;
  /** The bytes of blocks are the writer's to release. */
  readonly releases?: boolean;
}

export interface SegmentWriter {
  /** Rows and bytes of text added so far. */
  readonly rows: number;
  readonly rawBytes: number;
  /**
   * Adds a block. Resolves when there is room for another: at most three blocks (and one block beyond 16 MiB of text)
   * are being compressed at any time, on zlib's threads. The block's bytes must stay as they are until `finish`
   * resolves; with `releases` they are given away, and gone as soon as they are written. After an error the writer is of no
   * more use: abandon the file.
   */
  add(block: Block): Promise<void>;
  /** Writes the footer and the tail. The sink then holds the whole segment, not yet durable. Throws `refused` when nothing was added. */
  finish(): Promise<Footer>;
}

const LINE_FEED = 0x0a;

/** Writes one segment into a sink, in order and with bounded memory. */
export function createSegmentWriter(
  sink: ByteSink,
  head: SegmentHead,
  options: SegmentWriterOptions,
): SegmentWriter {
  return new Writer(sink, head, options);
}

class Writer implements SegmentWriter {
  rows = 0;
  rawBytes = 0;
  readonly #sink: ByteSink;
  #head: SegmentHead;
  readonly #level: number | undefined;
  readonly #releases: boolean;
  readonly #seal = createHash('sha256');
  readonly #blocks: BlockEntry[] = [];
  readonly #filters: ReadonlyMap<string, Uint8Array[]>;
  /** Blocks on their way, oldest first. Each is written after the one before it. */
  readonly #inFlight: { readonly written: Promise<void>; readonly rawBytes: number }[] = [];
  /** Where members are put together. */
  #member = new Uint8Array(0);
  #offset = 0;
  #finished = false;

  constructor(sink: ByteSink, head: SegmentHead, options: SegmentWriterOptions) {
    segmentName(head.table, head.day, head.part, head.compression);
    const known = new Set([...head.columns.map((column) => column.name), ROWID]);
    this.#sink = sink;
    this.#head = head;
    this.#level = options.level;
    this.#releases = options.releases ?? false;
    this.#filters = new Map(options.lookupKeys.filter((key) => known.has(key)).map((key) => [key, []]));
  }

  async add(block: Block): Promise<void> {
    this.#check(block);
    this.rows += block.rows;
    this.rawBytes += block.lines.length;
    if (block.laterForms) this.#head = { timeFormat: AUTO, ...this.#head };
    for (const [column, filters] of this.#filters) filters.push(bloomFilter(block.keys.get(column)!));
    const packed = deflateBlock(this.#head.compression, block.lines, this.#level);
    const before = this.#inFlight.at(-1)?.written;
    const written = this.#writeBlock(block, packed, before);
    // Both are awaited later; an error of one must not count as unhandled until then.
    packed.catch(() => {});
    written.catch(() => {});
    this.#inFlight.push({ written, rawBytes: block.lines.length });
    while (this.#isFull()) {
      await this.#inFlight[0]!.written;
      this.#inFlight.shift();
    }
  }

  async finish(): Promise<Footer> {
    if (this.#finished || this.rows === 0) throw refused(this.#head, 'the segment has no rows');
    this.#finished = true;
    for (const { written } of this.#inFlight) await written;
    const { compression } = this.#head;
    const payloads = [...this.#filters.values()].map((filters) => Buffer.concat(filters));
    const { filters: inFirst } = this.#layOut(payloads, 1);
    const lengths = payloads.map(({ length }) => length);
    const framing = framingFormat(compression, footerText(this.#footer(1), inFirst), lengths);
    const describing = describingFormat(this.#head);
    const format = describing > framing ? describing : framing;
    const { filters, footerOffset } = this.#layOut(payloads, format);
    const content = this.#footer(format);
    const encoded = encodeFooter(compression, 'FF', footerText(content, filters), format);
    await this.#write(encodeFilters(compression, payloads, format));
    await this.#write(encoded.bytes);
    const digest = this.#seal.digest('hex');
    const tail: Tail = { kind: 'segment', framing: compression, footerOffset, ...encoded.tail, digest };
    const footer: Footer = { ...content, lookupKeys: [...this.#filters.keys()], digest };
    // What a reader would refuse is not sealed in the first place.
    checkFooter(footer, filters, tail, segmentName(footer.table, footer.day, footer.part, compression));
    await this.#sink.write(encodeTail(tail));
    return footer;
  }

  /** Where the filters and the footer go. */
  #layOut(
    payloads: readonly Uint8Array[],
    format: Format,
  ): { readonly filters: readonly FilterEntry[]; readonly footerOffset: number } {
    const { compression } = this.#head;
    const sizes = payloads.map(({ length }) => ({ bytes: filterBytes(compression, length, format) }));
    const { filterOffsets, footerOffset } = footerStart(compression, this.#offset, sizes);
    const filters = [...this.#filters].map(
      ([column, perBlock], i): FilterEntry => ({
        column,
        offset: filterOffsets[i]!,
        bytes: sizes[i]!.bytes,
        lengths: perBlock.map((filter) => filter.length),
        crc32: crc32(payloads[i]!),
      }),
    );
    return { filters, footerOffset };
  }

  #footer(format: Format): Omit<Footer, 'digest' | 'lookupKeys'> {
    return {
      ...this.#head,
      format,
      rows: this.rows,
      rawBytes: this.rawBytes,
      minTime: asInstant(this.#blocks.reduce((least, block) => Math.min(least, block.minTime), Infinity)),
      maxTime: asInstant(this.#blocks.reduce((most, block) => Math.max(most, block.maxTime), -Infinity)),
      blocks: this.#blocks,
    };
  }

  #check(block: Block): void {
    if (this.#finished) throw refused(this.#head, 'the segment is already finished');
    if (block.rows < 1 || block.lines.at(-1) !== LINE_FEED || countLines(block.lines) !== block.rows) {
      throw refused(
        this.#head,
        'a block must consist of complete lines, at least one, and match its row count',
      );
    }
    for (const column of this.#filters.keys()) {
      if (!block.keys.has(column)) {
        throw refused(this.#head, `a block has no values for the lookup key \`${column}\``);
      }
    }
  }

  #isFull(): boolean {
    const bytes = this.#inFlight.reduce((sum, block) => sum + block.rawBytes, 0);
    const { blocksInFlight, bytesInFlight } = sizes;
    return this.#inFlight.length > blocksInFlight || (bytes > bytesInFlight && this.#inFlight.length > 1);
  }

  async #writeBlock(block: Block, packed: Promise<Packed>, before: Promise<void> | undefined): Promise<void> {
    const { rows, minTime, maxTime, lines } = block;
    const rawBytes = lines.length;
    const digest = hash('sha256', lines, 'hex');
    await before;
    const offset = this.#offset;
    const frame = await packed;
    await this.#write(this.#framed(frame));
    if (frame.bytes !== lines) releaseOutput(frame.bytes, frame.bufferSize);
    if (this.#releases) release(lines);
    this.#blocks.push({ offset, bytes: this.#offset - offset, rawBytes, rows, minTime, maxTime, digest });
  }

  /** One piece of bytes, in memory that is overwritten by the next one unless they are in one piece already. */
  #framed({ before, bytes, after }: Packed): Uint8Array {
    const size = before.length + bytes.length + after.length;
    if (size === bytes.length) return bytes;
    if (this.#member.length < size) this.#member = new Uint8Array(size + (size >> 2));
    this.#member.set(before);
    this.#member.set(bytes, before.length);
    this.#member.set(after, before.length + bytes.length);
    return this.#member.subarray(0, size);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#seal.update(bytes);
    await this.#sink.write(bytes);
    this.#offset += bytes.length;
  }
}

function refused(head: SegmentHead, why: string): FirnError {
  return new FirnError('refused', why, { operation: 'write a segment', path: `${head.table} ${head.day}` });
}
