import { hash, webcrypto } from 'node:crypto';
import { damaged } from '../damage.ts';
import { inflateBlock } from '../framing/inflate.ts';
import type { Footer } from './segment.ts';

const LINE_FEED = 0x0a;

/** How much of a block is compared: `crc` is what gzip and zstd themselves prove (frame, size, checksum), `digest` the SHA-256 too. */
export type BlockProof = 'digest' | 'crc';

/**
 * The text of a block from its bytes in the file, checked against frame, size, checksum, digest and number of lines.
 * Inflates and hashes on Node's threads, and never beyond the size that the footer declares. Throws `integrity`.
 */
export async function blockText(
  footer: Footer,
  index: number,
  bytes: Uint8Array,
  path: string,
  proof: BlockProof = 'digest',
): Promise<Uint8Array> {
  const block = footer.blocks[index]!;
  const lines = await inflateBlock(footer.compression, bytes, block.rawBytes);
  const isProven = proof === 'crc' && footer.compression !== 'none';
  if (lines === null || !(isProven || (await digestOf(lines)) === block.digest)) {
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

/** Bytes from which on a digest is worth a job for another thread: it copies them. */
const HASHED_APART = 64 << 10;

/** Hexadecimal SHA-256. Long text is hashed by another thread, so that a whole archive is verified on all processors. */
async function digestOf(lines: Uint8Array): Promise<string> {
  if (lines.length < HASHED_APART) return hash('sha256', lines, 'hex');
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', lines as Uint8Array<ArrayBuffer>)).toString(
    'hex',
  );
}

/** The number of line feeds. */
export function countLines(lines: Uint8Array): number {
  const buffer = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  let count = 0;
  for (let at = buffer.indexOf(LINE_FEED); at >= 0; at = buffer.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
