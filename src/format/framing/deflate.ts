import { promisify } from 'node:util';
import { constants, crc32, createZstdCompress, deflateRaw, type ZlibOptions } from 'node:zlib';
import { type Compression, DEFAULT_LEVEL } from '../../model/policy/compression.ts';
import { dataHeader, dataTrailer } from './gzip-member.ts';
import { dataFrameLength } from './zstd-frame.ts';

/** A block's bytes on their way into the file. */
export interface Packed {
  readonly before: Uint8Array;
  readonly bytes: Uint8Array;
  readonly after: Uint8Array;
  /** Of the buffer that `bytes` are in, when it is zlib's. */
  readonly bufferSize: number;
}

const NOTHING = new Uint8Array(0);
const deflate = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);

/** What stands for a block's text in the file. Compresses on zlib's threads. @param level 1 to 9. */
export async function deflateBlock(
  compression: Compression,
  lines: Uint8Array,
  level: number | undefined,
): Promise<Packed> {
  if (compression === 'none') return { before: NOTHING, bytes: lines, after: NOTHING, bufferSize: 0 };
  const depth = level ?? DEFAULT_LEVEL[compression];
  return await (compression === 'gzip' ? gzipMember : zstdFrame)(lines, depth);
}

async function gzipMember(lines: Uint8Array, level: number): Promise<Packed> {
  // One chunk for what text usually becomes, so that a block is one job of the thread pool.
  const bufferSize = Math.max(65_536, Math.ceil(lines.length / 4));
  // memLevel 9 is 7 % faster than zlib's default, for 256 KiB of memory.
  // Z_FINISH at once: Node would finish in a second job, and join what the two have made.
  const deflated = deflate(lines, { level, memLevel: 9, chunkSize: bufferSize, flush: constants.Z_FINISH });
  // While zlib's thread is at it.
  const crc = crc32(lines);
  const bytes = await deflated;
  return { before: dataHeader(), bytes, after: dataTrailer(crc, lines.length), bufferSize };
}

function zstdFrame(lines: Uint8Array, level: number): Promise<Packed> {
  const size = lines.length;
  // Room for the longest frame that zstd makes of the text: it then writes into our buffer, not into one of its own first. Long text gets a quarter.
  const longest = size + (size >> 8) + 1024;
  const chunkSize = Math.min(longest, Math.max(4 * 1024 * 1024, size >> 2));
  const stream = createZstdCompress({
    chunkSize,
    // The end comes with the first byte, so that the frame states its content size.
    flush: constants.ZSTD_e_end,
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
      [constants.ZSTD_c_contentSizeFlag]: 1,
    },
  });
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => {
      // Node ends the stream a second time, with a frame of nothing.
      const [first] = chunks as [Buffer];
      const joined = dataFrameLength(first, size) === null ? Buffer.concat(chunks) : first;
      const length = dataFrameLength(joined, size);
      if (length === null) return reject(new Error('zstd made no frame with size and checksum'));
      const bufferSize = joined === first ? chunkSize : joined.buffer.byteLength;
      resolve({ before: NOTHING, bytes: joined.subarray(0, length), after: NOTHING, bufferSize });
    });
    stream.end(lines);
  });
}
