/*
 * Zstandard frames (RFC 8878) as Firn writes them. A data frame states the size of its content and ends with a checksum. What is not
 * rows is in skippable frames, which every decoder passes over. Numbers that other programs give a meaning are left alone: `…50` (pzstd),
 * `…5D` (the dictionary of a web archive) and `…5E` (the table of the seekable format).
 */

import type { ExtraId } from './gzip-member.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE: Readonly<Record<ExtraId, number>> = {
  FB: 0x184d2a5b,
  FC: 0x184d2a5c,
  FF: 0x184d2a5f,
  FT: 0x184d2a57,
};
const SKIPPABLE_HEADER = 8;
const CHECKSUM = 4;
const BLOCK_HEADER = 3;
/** The least bytes that a block of a frame takes: its header, and one byte that is repeated. */
const LEAST_BLOCK: number = BLOCK_HEADER + 1;
const LARGEST_BLOCK: number = 128 * 1024;
/** Magic number, descriptor and one byte of content size. */
const LEAST_HEADER = 6;

/** Whether a data frame of `bytes` bytes can hold as much text. */
export function canHold(bytes: number, size: number): boolean {
  const blocks = Math.floor((bytes - LEAST_HEADER - CHECKSUM) / LEAST_BLOCK);
  return size <= blocks * LARGEST_BLOCK;
}

/**
 * The length of the data frame that bytes begin with. Null when they do not begin with a whole one, when it does not state that its content has
 * `size` bytes, or when it has no checksum: a decoder would then not notice damage.
 */
export function dataFrameLength(bytes: Uint8Array, size: number): number | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < LEAST_HEADER || view.readUInt32LE(0) !== MAGIC) return null;
  const descriptor = view[4]!;
  // With a checksum, without a dictionary, and with nothing in the bits that mean nothing.
  if ((descriptor & 0b0001_1111) !== 0b0000_0100) return null;
  const hasWindow = (descriptor & 0b0010_0000) === 0;
  const sizeAt = hasWindow ? 6 : 5;
  const sizeBytes = [hasWindow ? 0 : 1, 2, 4, 8][descriptor >> 6]!;
  if (sizeBytes === 0 || view.length < sizeAt + sizeBytes) return null;
  if (contentSize(view, sizeAt, sizeBytes) !== size) return null;
  let at = sizeAt + sizeBytes;
  for (let isLast = false; !isLast; ) {
    if (at + BLOCK_HEADER > view.length) return null;
    const header = view.readUIntLE(at, BLOCK_HEADER);
    isLast = (header & 1) === 1;
    // Type 1 is one byte that is repeated.
    at += BLOCK_HEADER + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  at += CHECKSUM;
  return at <= view.length ? at : null;
}

function contentSize(view: Buffer, at: number, bytes: number): number {
  if (bytes === 8) return Number(view.readBigUInt64LE(at));
  // Two bytes begin where one ends.
  return view.readUIntLE(at, bytes) + (bytes === 2 ? 256 : 0);
}

/** A skippable frame with `payload`; nothing for an empty payload. */
export function skippableFrame(id: ExtraId, payload: Uint8Array): Buffer {
  return payload.length === 0
    ? Buffer.alloc(0)
    : Buffer.concat([skippableHeader(id, payload.length), payload]);
}

export function skippableLength(payload: number): number {
  return payload === 0 ? 0 : SKIPPABLE_HEADER + payload;
}

/** The payload of a skippable frame; null when the bytes are not exactly what `skippableFrame` makes. */
export function skippablePayload(id: ExtraId, frame: Uint8Array): Buffer | null {
  const view = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  if (view.length === 0) return view;
  const length = view.length - SKIPPABLE_HEADER;
  if (length < 1 || !skippableHeader(id, length).equals(view.subarray(0, SKIPPABLE_HEADER))) return null;
  return view.subarray(SKIPPABLE_HEADER);
}

/** What stands before a payload of this length. */
export function skippableHeader(id: ExtraId, length: number): Buffer {
  const header = Buffer.alloc(SKIPPABLE_HEADER);
  header.writeUInt32LE(SKIPPABLE[id], 0);
  header.writeUInt32LE(length, 4);
  return header;
}
