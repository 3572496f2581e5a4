import { type Gunzip, gunzip, type ZstdDecompress, zstdDecompress } from 'node:zlib';
import type { Compression } from '../../model/policy/compression.ts';
import { isDataMember } from './gzip-member.ts';
import { dataFrameLength } from './zstd-frame.ts';

/** What zlib gives when asked for `info`. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: Gunzip | ZstdDecompress;
}

/**
 * The text of a block from its bytes in the file, on zlib's threads. Null when the bytes are not one whole member (or frame) with nothing behind it,
 * or become another number of bytes than `size`. The decoder compares the checksum; zstd's stops after the first frame without an error.
 */
export function inflateBlock(
  compression: Compression,
  bytes: Uint8Array,
  size: number,
): Promise<Uint8Array | null> {
  if (compression === 'none') return Promise.resolve(bytes);
  const isFramed =
    compression === 'gzip' ? isDataMember(bytes, size) : dataFrameLength(bytes, size) === bytes.length;
  if (!isFramed) return Promise.resolve(null);
  // One byte more than is needed, so that the decoder sees the end in its first job.
  const chunkSize = Math.max(64, Math.min(size + 1, 64 * 1024 * 1024));
  const options = { maxOutputLength: size, chunkSize, info: true };
  return new Promise((resolve) => {
    const done = (error: Error | null, result: unknown): void => {
      const inflated = error === null ? (result as Inflated) : null;
      const isWhole = inflated?.buffer.length === size && inflated.engine.bytesWritten === bytes.length;
      resolve(isWhole ? inflated.buffer : null);
    };
    if (compression === 'gzip') gunzip(bytes, options, done);
    else zstdDecompress(bytes, options, done);
  });
}
