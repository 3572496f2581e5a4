import { type BlockProof, blockText } from './block-check.ts';
import { release } from './release.ts';
import { Room } from './room.ts';
import type { ByteSource, Footer } from './segment.ts';

/** One block read back and found to be what the footer says. */
export interface ProvenBlock {
  readonly block: number;
  /** 0-based position in the segment of its first line. */
  readonly first: number;
  readonly lines: Uint8Array;
}

export interface FlowOptions {
  /** How many blocks of the segment are inflated at once (2). */
  readonly concurrency?: number;
  /** What blocks that are being inflated take, of this and other segments: room for as many as there may be when left out. */
  readonly room?: Room;
}

/** Every block of a segment in order, read and inflated ahead. `onBytes` is given the blocks' bytes in file order. */
export async function* blockFlow(
  source: ByteSource,
  footer: Footer,
  path: string,
  proof: BlockProof,
  onBytes: (bytes: Uint8Array) => void,
  { concurrency = 2, room = new Room(Infinity) }: FlowOptions,
): AsyncGenerator<ProvenBlock, void, void> {
  const { blocks } = footer;
  const ahead: Promise<Uint8Array>[] = [];
  let reading: Promise<unknown> = Promise.resolve();
  let [next, first, held] = [0, 0, 0];
  const start = (index: number): Promise<Uint8Array> => {
    const { offset, bytes: length } = blocks[index]!;
    const read = reading.then(async () => {
      const bytes = await source.read(offset, length);
      onBytes(bytes);
      return bytes;
    });
    reading = read;
    const text = read.then(async (bytes) => {
      const lines = await blockText(footer, index, bytes, path, proof);
      if (lines !== bytes) release(bytes);
      return lines;
    });
    // Awaited in its turn; its error must not count as unhandled until then.
    text.catch(() => {});
    return text;
  };
  try {
    for (const [block, { rows }] of blocks.entries()) {
      while (next < blocks.length && ahead.length < concurrency) {
        const size = sizeOf(footer, next);
        if (held === 0) await room.wait(size);
        else if (!room.take(size)) break;
        held += size;
        ahead.push(start(next++));
      }
      yield { block, first, lines: await ahead.shift()! };
      first += rows;
      room.give(sizeOf(footer, block));
      held -= sizeOf(footer, block);
    }
  } finally {
    // The source may be closed after this.
    await reading.catch(() => {});
    room.give(held);
  }
}

/** Memory that a block takes while it is inflated. */
function sizeOf(footer: Footer, index: number): number {
  const { bytes, rawBytes } = footer.blocks[index]!;
  return footer.compression === 'none' ? rawBytes : bytes + rawBytes;
}
