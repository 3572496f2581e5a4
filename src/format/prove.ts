import { createHash } from 'node:crypto';
import { blockText } from './block-check.ts';
import { damaged } from './damage.ts';
import type { ByteSource, Footer } from './segment.ts';
import { readSegmentFooter } from './segment-reader.ts';
import { readTail, tailLength } from './tail.ts';

/** One block read back and found to be what the footer says. */
export interface ProvenBlock {
  readonly block: number;
  /** 0-based position in the segment of its first line. */
  readonly first: number;
  readonly lines: Uint8Array;
}

const CHUNK = 1024 * 1024;

/**
 * Reads back every byte of a segment once: the seal over the whole file, each block's frame, size, CRC, digest and
 * number of lines, and the footer's sums. Yields the blocks in order; returns the footer. Nothing is proven before the
 * iteration has come to its end. Throws `integrity` naming what is wrong. `concurrency` (2) is how many blocks are
 * inflated at once.
 */
export async function* proveSegment(
  source: ByteSource,
  path: string,
  options: { readonly concurrency?: number } = {},
): AsyncGenerator<ProvenBlock, Footer, void> {
  const concurrency = options.concurrency ?? 2;
  const { footer, tail, footerBytes } = await readSegmentFooter(source, path);
  const seal = createHash('sha256');
  const inflating: Promise<Uint8Array>[] = [];
  let [next, first, at] = [0, 0, 0];
  for (const [block, { rows }] of footer.blocks.entries()) {
    while (next < footer.blocks.length && inflating.length < concurrency) {
      const bytes = await source.read(at, footer.blocks[next]!.bytes);
      seal.update(bytes);
      at += bytes.length;
      const text = blockText(footer, next++, bytes, path);
      // Awaited in its turn; its error must not count as unhandled until then.
      text.catch(() => {});
      inflating.push(text);
    }
    yield { block, first, lines: await inflating.shift()! };
    first += rows;
  }
  await hashRange(source, at, tail.footerOffset, seal);
  seal.update(footerBytes);
  if (seal.digest('hex') !== tail.digest) throw brokenSeal(path);
  return footer;
}

/** Reads back a whole segment as `proveSegment` does, for those who only need to know. */
export async function provenFooter(source: ByteSource, path: string): Promise<Footer> {
  const proof = proveSegment(source, path);
  for (;;) {
    const step = await proof.next();
    if (step.done === true) return step.value;
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
  for (let at = from; at < to; at += CHUNK) {
    seal.update(await source.read(at, Math.min(CHUNK, to - at)));
  }
}

function brokenSeal(path: string): Error {
  return damaged(path, 'prove the segment', 'its bytes are not those that were sealed (SHA-256 differs)');
}
