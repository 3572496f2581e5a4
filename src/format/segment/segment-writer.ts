import { createHash, hash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, type ZlibOptions } from 'node:zlib';
import { FirnError } from '../../model/errors.ts';
import { asInstant } from '../../model/instant.ts';
import { ROWID } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { AUTO } from '../../model/time/time-format.ts';
import { describingFormat } from '../format-3.ts';
import type { Format } from '../format-version.ts';
import { segmentName } from '../segment-names.ts';
import { countLines } from './block-check.ts';
import { bloomFilter } from './bloom.ts';
import { checkFooter } from './footer-check.ts';
import { footerText } from './footer-json.ts';
import { dataHeader, dataTrailer } from './gzip-member.ts';
import { encodeFilters, encodeFooter, filterBytes, footerStart, framingFormat } from './layout.ts';
import { release, releaseOutput } from './release.ts';
import type { Block, BlockEntry, ByteSink, FilterEntry, Footer, SegmentHead } from './segment.ts';
import { encodeTail, type Tail } from './tail.ts';

export interface SegmentWriterOptions {
  /** Columns that get a Bloom filter per block, if the table has them; each block must bring their values in `keys`. */
  readonly lookupKeys: readonly string[];
  /** Of zlib, 1 to 9; 5 when left out: docs/decisions/0070-deflate-level.md. */
  readonly level?: number;
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

const LEVEL = 5;
const LINE_FEED = 0x0a;
const deflate = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

/** Writes one segment into a sink, in order and with bounded memory. */
export function createSegmentWriter(
  sink: ByteSink,
  head: SegmentHead,
  options: SegmentWriterOptions,
): SegmentWriter {
  return new Writer(sink, head, options);
}

/** A block's bytes on their way into the file. */
interface Packed {
  readonly bytes: Uint8Array;
  readonly crc: number;
  /** Of the buffer that `bytes` are in, when it is zlib's. */
  readonly bufferSize: number;
}

class Writer implements SegmentWriter {
  rows = 0;
  rawBytes = 0;
  readonly #sink: ByteSink;
  #head: SegmentHead;
  readonly #level: number;
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
    this.#level = options.level ?? LEVEL;
    this.#releases = options.releases ?? false;
    this.#filters = new Map(options.lookupKeys.filter((key) => known.has(key)).map((key) => [key, []]));
  }

  async add(block: Block): Promise<void> {
    this.#check(block);
    this.rows += block.rows;
    this.rawBytes += block.lines.length;
    if (block.laterForms) this.#head = { timeFormat: AUTO, ...this.#head };
    for (const [column, filters] of this.#filters) filters.push(bloomFilter(block.keys.get(column)!));
    const packed = this.#pack(block.lines);
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

  /** What stands for a block's text in the file, without the frame of its member. */
  async #pack(lines: Uint8Array): Promise<Packed> {
    if (this.#head.compression === 'none') return { bytes: lines, crc: 0, bufferSize: 0 };
    // One chunk for what text usually becomes, so that a block is one job of the thread pool.
    const bufferSize = Math.max(65_536, Math.ceil(lines.length / 4));
    // memLevel 9 is 7 % faster than zlib's default, for 256 KiB of memory.
    // Z_FINISH at once: Node would finish in a second job, and join what the two have made.
    const options = { level: this.#level, memLevel: 9, chunkSize: bufferSize, flush: constants.Z_FINISH };
    const deflated = deflate(lines, options);
    // While zlib's thread is at it.
    const crc = crc32(lines);
    return { bytes: await deflated, crc, bufferSize };
  }

  async #writeBlock(block: Block, packed: Promise<Packed>, before: Promise<void> | undefined): Promise<void> {
    const { rows, minTime, maxTime, lines } = block;
    const rawBytes = lines.length;
    const digest = hash('sha256', lines, 'hex');
    await before;
    const offset = this.#offset;
    const { bytes, crc, bufferSize } = await packed;
    if (this.#head.compression === 'none') {
      await this.#write(bytes);
    } else {
      await this.#write(this.#framed(bytes, dataTrailer(crc, rawBytes)));
      releaseOutput(bytes, bufferSize);
    }
    if (this.#releases) release(lines);
    this.#blocks.push({ offset, bytes: this.#offset - offset, rawBytes, rows, minTime, maxTime, digest });
  }

  /** A data member, in bytes that are overwritten by the next one. */
  #framed(deflated: Uint8Array, trailer: Uint8Array): Uint8Array {
    const header = dataHeader();
    const size = header.length + deflated.length + trailer.length;
    if (this.#member.length < size) this.#member = new Uint8Array(size + (size >> 2));
    this.#member.set(header);
    this.#member.set(deflated, header.length);
    this.#member.set(trailer, header.length + deflated.length);
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
