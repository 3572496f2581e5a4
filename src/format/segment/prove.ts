import { createHash } from 'node:crypto';
import { sizes } from '../../model/sizes.ts';
import { damaged } from '../damage.ts';
import { blockFlow, type FlowOptions, type ProvenBlock } from './block-flow.ts';
import { release } from './release.ts';
import type { ByteSource, Footer } from './segment.ts';
import { readSegmentFooter } from './segment-reader.ts';
import { readTail, tailLength } from './tail.ts';

export interface ReadOptions extends FlowOptions {
  /** Told before the first block what the footer says. */
  readonly onFooter?: (footer: Footer) => void;
}

/**
 * Reads back every byte of a segment once: the seal over the whole file, each block's frame, size, CRC, digest and
 * number of lines, and the footer's sums. Yields the blocks in order; returns the footer. Nothing is proven before the
 * iteration has come to its end. Throws `integrity` naming what is wrong.
 */
export async function* proveSegment(
  source: ByteSource,
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<ProvenBlock, Footer, void> {
  const { footer, tail, footerBytes } = await readSegmentFooter(source, path);
  options.onFooter?.(footer);
  const seal = createHash('sha256');
  yield* blockFlow(source, footer, path, 'digest', (bytes) => seal.update(bytes), options);
  const { offset, bytes } = footer.blocks.at(-1)!;
  await hashRange(source, offset + bytes, tail.footerOffset, seal);
  seal.update(footerBytes);
  if (seal.digest('hex') !== tail.digest) throw brokenSeal(path);
  return footer;
}

/** Reads the blocks of a segment as `proveSegment` does, but proves no more than what gzip itself does: no seal, no digest. */
export async function* readBlocks(
  source: ByteSource,
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<ProvenBlock, Footer, void> {
  const { footer } = await readSegmentFooter(source, path);
  options.onFooter?.(footer);
  yield* blockFlow(source, footer, path, 'crc', () => undefined, options);
  return footer;
}

/** Reads back a whole segment as `proveSegment` does, for those who only need to know. */
export async function provenFooter(source: ByteSource, path: string): Promise<Footer> {
  const proof = proveSegment(source, path);
  for (;;) {
    const step = await proof.next();
    if (step.done === true) return step.value;
    release(step.value.lines);
  }
}

/**
 * Compares a segment's bytes with its seal without inflating them. Returns the seal (hexadecimal SHA-256); throws
 * `integrity` when the bytes are not those that were sealed.
 */
export async function sealDigest(source: ByteSource, path: string): Promise<string> {
  const tail = await readTail(source, path, 'segment');
  const seal = createHash('sha256');
  await hashRange(source, 0, source.bytes - tailLength(tail.framing), seal);
  if (seal.digest('hex') !== tail.digest) throw brokenSeal(path);
  return tail.digest;
}

async function hashRange(
  source: ByteSource,
  from: number,
  to: number,
  seal: ReturnType<typeof createHash>,
): Promise<void> {
  const { hashedBytes } = sizes;
  for (let at = from; at < to; at += hashedBytes) {
    seal.update(await source.read(at, Math.min(hashedBytes, to - at)));
  }
}

function brokenSeal(path: string): Error {
  return damaged(
    path,
    'verify the segment',
    'its content has changed since it was written (SHA-256 mismatch)',
  );
}
