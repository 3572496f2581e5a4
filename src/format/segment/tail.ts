import { crc32 } from 'node:zlib';
import type { Compression } from '../../model/policy/compression.ts';
import { damaged, tooNew } from '../damage.ts';
import { type Format, isFormat, NEWEST } from '../format-version.ts';
import { carriers } from '../framing/carrier.ts';
import { skippableHeader } from '../framing/zstd-frame.ts';
import type { ByteSource } from './segment.ts';

/** The fixed-size end of a sealed file: where its footer is, and the seal. */
export interface Tail {
  readonly format: Format;
  readonly kind: 'segment' | 'bundle';
  readonly framing: Compression;
  readonly footerOffset: number;
  /** Length of the footer in the file, and of its JSON text. */
  readonly footerBytes: number;
  readonly footerRawBytes: number;
  /** CRC-32 of the footer's JSON text. */
  readonly footerCrc: number;
  /** The seal: hexadecimal SHA-256 of every byte before the tail. */
  readonly digest: string;
}

const MAGIC: Record<Tail['kind'], string> = { segment: 'firn-seg', bundle: 'firn-tar' };
const PAYLOAD = 72;
const LINE_START = '{"_firn_tail":"';
const LINE_END = '"}\n';
const ZSTD_START: Buffer = skippableHeader('FT', PAYLOAD);
const LENGTHS: Readonly<Record<Compression, number>> = {
  gzip: carriers.gzip.wrappedLength(PAYLOAD),
  zstd: carriers.zstd.wrappedLength(PAYLOAD),
  none: LINE_START.length + (PAYLOAD / 3) * 4 + LINE_END.length,
};
const LONGEST = Math.max(...Object.values(LENGTHS));

export function tailLength(framing: Compression): number {
  return LENGTHS[framing];
}

export function encodeTail(tail: Tail): Buffer {
  const payload = Buffer.alloc(PAYLOAD);
  payload.write(MAGIC[tail.kind], 0, 'latin1');
  payload.writeUInt16LE(tail.format, 8);
  payload.writeBigUInt64LE(BigInt(tail.footerOffset), 12);
  payload.writeBigUInt64LE(BigInt(tail.footerBytes), 20);
  payload.writeUInt32LE(tail.footerRawBytes, 28);
  payload.writeUInt32LE(tail.footerCrc, 32);
  payload.write(tail.digest, 36, 'hex');
  payload.writeUInt32LE(crc32(payload.subarray(0, PAYLOAD - 4)), PAYLOAD - 4);
  if (tail.framing !== 'none') return carriers[tail.framing].wrap('FT', payload);
  return Buffer.from(LINE_START + payload.toString('base64') + LINE_END, 'latin1');
}

/** Reads the last bytes of a file. Throws `integrity` when they are not a whole tail, `refused` when they are of a later format. */
export async function readTail(source: ByteSource, path: string, kind: Tail['kind']): Promise<Tail> {
  const operation = `open the ${kind}`;
  const length = Math.min(source.bytes, LONGEST);
  const end = Buffer.from(await source.read(source.bytes - length, length, 'index'));
  const framing = framingOf(end);
  const bytes = end.subarray(end.length - Math.min(end.length, tailLength(framing)));
  const payload =
    framing === 'none'
      ? Buffer.from(bytes.toString('latin1', LINE_START.length, bytes.length - LINE_END.length), 'base64')
      : carriers[framing].unwrap('FT', bytes);
  if (payload?.length !== PAYLOAD || payload.toString('latin1', 0, 8) !== MAGIC[kind]) {
    throw damaged(
      path,
      operation,
      `it does not end with the tail of a ${kind}. It was truncated, damaged, or never completed.`,
    );
  }
  if (payload.readUInt32LE(PAYLOAD - 4) !== crc32(payload.subarray(0, PAYLOAD - 4))) {
    throw damaged(path, operation, 'its last bytes (the tail) are damaged');
  }
  const format = payload.readUInt16LE(8);
  if (!isFormat(format, kind)) throw tooNew(path, operation, format, NEWEST[kind]);
  const tail: Tail = {
    format,
    kind,
    framing,
    footerOffset: Number(payload.readBigUInt64LE(12)),
    footerBytes: Number(payload.readBigUInt64LE(20)),
    footerRawBytes: payload.readUInt32LE(28),
    footerCrc: payload.readUInt32LE(32),
    digest: payload.toString('hex', 36, 68),
  };
  if (
    !Number.isSafeInteger(tail.footerOffset) ||
    !Number.isSafeInteger(tail.footerBytes) ||
    !encodeTail(tail).equals(bytes)
  ) {
    throw damaged(path, operation, 'its last bytes (the tail) are damaged');
  }
  return tail;
}

/** By what the last bytes of a file begin with. */
function framingOf(end: Buffer): Compression {
  if (end.toString('latin1', 0, LINE_START.length) === LINE_START) return 'none';
  const at = end.length - LENGTHS.zstd;
  return at >= 0 && end.subarray(at, at + ZSTD_START.length).equals(ZSTD_START) ? 'zstd' : 'gzip';
}
