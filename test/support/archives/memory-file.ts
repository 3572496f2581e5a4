import type { ByteSink, ByteSource } from '../../../src/format/segment/segment.ts';

/** A file in memory: what is written can be read. It counts what is read, and can be damaged. */
export class MemoryFile implements ByteSink, ByteSource {
  content: Buffer;
  bytesRead = 0;

  constructor(content: Uint8Array = new Uint8Array(0)) {
    this.content = Buffer.from(content);
  }

  get bytes(): number {
    return this.content.length;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.content = Buffer.concat([this.content, bytes]);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < 0 || offset + length > this.content.length) throw new Error('read beyond the end');
    this.bytesRead += length;
    return this.content.subarray(offset, offset + length);
  }

  /** A copy in which one bit of one byte is another. */
  flipped(offset: number, mask: number): MemoryFile {
    const copy = new MemoryFile(this.content);
    copy.content[offset]! ^= mask;
    return copy;
  }
}
