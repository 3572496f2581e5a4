import { crc32 } from 'node:zlib';
import { sizes } from '../../model/sizes.ts';
import { DATA_FRAME, dataHeader, dataTrailer } from '../framing/gzip-member.ts';

/*
 * A gzip member whose content is stored, not compressed: every 65,535 bytes of content stand behind five bytes of a
 * stored deflate block (RFC 1951 §3.2.4). So the place of any content byte in the file can be computed.
 */

const STORED_BLOCK = 65_535;
const BLOCK_HEADER = 5;

/** Content of a whole number of stored blocks: a good size to read or write at once. */
export function storedChunk(): number {
  return sizes.storedBlocks * STORED_BLOCK;
}

/** Length of the gzip member that stores this many bytes (at least one). */
export function storedLength(content: number): number {
  return DATA_FRAME + content + BLOCK_HEADER * Math.ceil(content / STORED_BLOCK);
}

/** Stores content that comes in pieces; its length is known before. */
export class StoredMember {
  readonly #length: number;
  #at = 0;
  #crc = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** The bytes of the member for the next piece of content; with the last one they end the member. */
  next(content: Uint8Array): Buffer {
    const pieces: Uint8Array[] = this.#at === 0 ? [dataHeader()] : [];
    for (let from = 0; from < content.length; ) {
      const within = this.#at % STORED_BLOCK;
      if (within === 0) pieces.push(blockHeader(this.#at, this.#length));
      const piece = content.subarray(from, from + STORED_BLOCK - within);
      pieces.push(piece);
      from += piece.length;
      this.#at += piece.length;
    }
    this.#crc = crc32(content, this.#crc);
    if (this.#at === this.#length) pieces.push(dataTrailer(this.#crc, this.#length));
    return Buffer.concat(pieces);
  }
}

/** Where in the member the content from `position` on stands; at the start of a stored block its five bytes are taken along. */
export function storedRange(
  position: number,
  length: number,
): { readonly offset: number; readonly bytes: number } {
  const last = position + length - 1;
  const offset = offsetOf(position) - (position % STORED_BLOCK === 0 ? BLOCK_HEADER : 0);
  return { offset, bytes: offsetOf(last) + 1 - offset };
}

/** The content within the bytes of a `storedRange`; null when a stored block's header is not as it should be. */
export function storedContent(
  range: Uint8Array,
  position: number,
  length: number,
  total: number,
): Buffer | null {
  const content = Buffer.allocUnsafe(length);
  let from = 0;
  for (let done = 0; done < length; ) {
    const within = (position + done) % STORED_BLOCK;
    if (within === 0) {
      const header = range.subarray(from, from + BLOCK_HEADER);
      if (!blockHeader(position + done, total).equals(header)) return null;
      from += BLOCK_HEADER;
    }
    const piece = range.subarray(from, from + Math.min(STORED_BLOCK - within, length - done));
    content.set(piece, done);
    from += piece.length;
    done += piece.length;
  }
  return content;
}

function offsetOf(position: number): number {
  return dataHeader().length + position + BLOCK_HEADER * (Math.floor(position / STORED_BLOCK) + 1);
}

function blockHeader(position: number, total: number): Buffer {
  const length = Math.min(STORED_BLOCK, total - position);
  const header = Buffer.alloc(BLOCK_HEADER);
  header[0] = position + length === total ? 1 : 0;
  header.writeUInt16LE(length, 1);
  header.writeUInt16LE(length ^ 0xffff, 3);
  return header;
}
