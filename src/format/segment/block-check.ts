import { hash } from 'node:crypto';
import { type Gunzip, gunzip } from 'node:zlib';
import { damaged } from '../damage.ts';
import { isDataMember } from './gzip-member.ts';
import type { BlockEntry, Footer } from './segment.ts';

const LINE_FEED = 0x0a;

/** How much of a block is compared: `crc` is what gzip itself proves (frame, size, CRC-32), `digest` the SHA-256 too. */
export type BlockProof = 'digest' | 'crc';

/**
 * The text of a block from its bytes in the file, checked against frame, size, CRC, digest and number of lines.
 * Inflates on zlib's threads and never beyond the size that the footer declares. Throws `integrity`.
 */
export async function blockText(
  footer: Footer,
  index: number,
  bytes: Uint8Array,
  path: string,
  proof: BlockProof = 'digest',
): Promise<Uint8Array> {
  const block = footer.blocks[index]!;
  const lines = footer.compression === 'none' ? bytes : await inflateMember(bytes, block);
  const isProven = proof === 'crc' && footer.compression === 'gzip';
  if (lines === null || !(isProven || hash('sha256', lines, 'hex') === block.digest)) {
    throw damaged(
      path,
      'read a block',
      `block ${index} (bytes ${block.offset} to ${block.offset + block.bytes}) is damaged`,
    );
  }
  if (lines.at(-1) !== LINE_FEED || countLines(lines) !== block.rows) {
    throw damaged(
      path,
      'read a block',
      `block ${index} does not have ${block.rows} rows, as the footer says`,
    );
  }
  return lines;
}

/** The number of line feeds. */
export function countLines(lines: Uint8Array): number {
  const buffer = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  let count = 0;
  for (let at = buffer.indexOf(LINE_FEED); at >= 0; at = buffer.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}

/** What zlib gives when asked for `info`. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: Gunzip;
}

/**
 * Null when the bytes are not one whole member with nothing behind it, or become another number of bytes than the footer declares. Zlib compares CRC and
 * size with those in the trailer, in its own thread.
 */
function inflateMember(member: Uint8Array, { rawBytes: size }: BlockEntry): Promise<Uint8Array | null> {
  if (!isDataMember(member, size)) return Promise.resolve(null);
  const chunkSize = Math.max(64, Math.min(size + 1, 64 * 1024 * 1024));
  return new Promise((resolve) => {
    const done = (error: Error | null, result: unknown): void => {
      const inflated = error === null ? (result as Inflated) : null;
      const isWhole = inflated?.buffer.length === size && inflated.engine.bytesWritten === member.length;
      resolve(isWhole ? inflated.buffer : null);
    };
    gunzip(member, { maxOutputLength: size, chunkSize, info: true }, done);
  });
}
