/*
 * Gzip members (RFC 1952) as Firn writes them. Every header byte is constant: no time, no name, unknown system; so a
 * header that differs is damage.
 */

import { type BundleFormat, type Format, NEWEST } from '../format-version.ts';

const HEADER = 10;
const TRAILER = 8;
const DATA_HEADER: Buffer = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
const EXTRA_HEADER: Buffer = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]);
/** An empty deflate stream, its CRC-32 and its size. */
const NOTHING: Buffer = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

/** Bytes of a data member beside its deflate stream. */
export const DATA_FRAME: number = HEADER + TRAILER;
/** Bytes of an extra member beside its payload. */
const EXTRA_FRAME: number = HEADER + 2 + 4 + NOTHING.length;
/** Bytes of payload in each member of a chain but the last. DuckDB refuses headers of 32,768 bytes and more, which format 1 has. */
const PIECE: Readonly<Record<Format, number>> = { 1: 65_535 - 4, 2: 16_384, 3: 16_384 };

/** Two ASCII characters that say what an extra member carries. */
export type ExtraId = 'FB' | 'FF' | 'FC' | 'FT';

export function dataHeader(): Buffer {
  return DATA_HEADER;
}

export function dataTrailer(crc: number, size: number): Buffer {
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  return trailer;
}

/** Whether bytes begin as a data member that Firn writes, and end as one that inflates to `size` bytes. */
export function isDataMember(member: Uint8Array, size: number): boolean {
  if (member.length <= DATA_FRAME || !DATA_HEADER.equals(member.subarray(0, HEADER))) return false;
  const { buffer, byteOffset, byteLength } = member;
  return new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true) === size % 2 ** 32;
}

/** A chain of members that inflate to nothing and carry `payload` in the extra fields of their headers. */
export function extraChain(id: ExtraId, payload: Uint8Array, format: Format = NEWEST.segment): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < payload.length; at += PIECE[format]) {
    const piece = payload.subarray(at, at + PIECE[format]);
    parts.push(extraHeader(id, piece.length), piece, NOTHING);
  }
  return Buffer.concat(parts);
}

/** The oldest format in which a file with chains of such payloads can be written: the formats cut short chains alike. */
export function oldestFormat(payloads: readonly number[]): BundleFormat {
  return payloads.every((payload) => payload <= PIECE[2]) ? 1 : 2;
}

/** How many bytes `extraChain` makes of a payload. */
export function extraChainLength(payload: number, format: Format = NEWEST.segment): number {
  return payload + Math.ceil(payload / PIECE[format]) * EXTRA_FRAME;
}

/** The payload of a chain; null when the bytes are not exactly a chain that `extraChain` makes. */
export function extraPayload(id: ExtraId, chain: Uint8Array, format: Format = NEWEST.segment): Buffer | null {
  const pieces: Uint8Array[] = [];
  const view = Buffer.from(chain.buffer, chain.byteOffset, chain.length);
  for (let at = 0; at < view.length; ) {
    if (view.length - at < EXTRA_FRAME) return null;
    const length = view.readUInt16LE(at + 14);
    const start = at + 16;
    const end = start + length + NOTHING.length;
    const last = end === view.length;
    if (end > view.length || length === 0) return null;
    if (length > PIECE[format] || (!last && length !== PIECE[format])) return null;
    if (!extraHeader(id, length).equals(view.subarray(at, start))) return null;
    if (!NOTHING.equals(view.subarray(start + length, end))) return null;
    pieces.push(view.subarray(start, start + length));
    at = end;
  }
  return Buffer.concat(pieces);
}

function extraHeader(id: ExtraId, length: number): Buffer {
  const header = Buffer.alloc(HEADER + 6);
  EXTRA_HEADER.copy(header);
  header.writeUInt16LE(length + 4, 10);
  header.write(id, 12, 'latin1');
  header.writeUInt16LE(length, 14);
  return header;
}
