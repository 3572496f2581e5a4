import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { damaged } from '../damage.ts';
import { dataHeader, dataTrailer } from '../framing/gzip-member.ts';
import { release } from '../segment/release.ts';
import type { ByteSource } from '../segment/segment.ts';
import { readTail, tailLength } from '../segment/tail.ts';
import { type Bundle, type BundleMember, entryLength } from './bundle.ts';
import { memberSource, readContents } from './bundle-reader.ts';
import { storedChunk, storedContent, storedRange } from './stored-member.ts';
import { END_OF_ARCHIVE, readTarHeader } from './tar-entry.ts';

/**
 * Reads back every byte of a bundle: the seal over the whole file, each member's gzip frame, tar header and padding
 * against the table of contents, and each segment's bytes against its own seal. Segments are not inflated:
 * `proveSegment` does that. Throws `integrity` naming what is wrong. `proved` has the seals of segments, by name, whose bytes
 * in this bundle were proved just now: theirs are not taken again.
 */
export async function proveBundle(
  source: ByteSource,
  path: string,
  proved: ReadonlyMap<string, string> = new Map(),
): Promise<Bundle> {
  const { bundle, tail, contentsBytes } = await readContents(source, path);
  const seal = createHash('sha256');
  let end = 0;
  for (const member of bundle.members) {
    end = await proveMember(source, member, seal, path, proved.get(member.name) === member.digest);
  }
  for await (const { content } of storedPieces(source, end, END_OF_ARCHIVE.length, seal, path)) {
    if (!content.equals(END_OF_ARCHIVE))
      throw broken(path, 'the tar archive does not end after its last member');
  }
  seal.update(contentsBytes);
  if (seal.digest('hex') !== tail.digest) {
    throw broken(path, 'its content has changed since it was written (SHA-256 mismatch)');
  }
  return bundle;
}

/** Returns where the member ends in the file. */
async function proveMember(
  source: ByteSource,
  member: BundleMember,
  seal: Hash,
  path: string,
  isProved: boolean,
): Promise<number> {
  const where = `${path}:${member.name}`;
  const { framing, digest } = await readTail(memberSource(source, path, member), where, 'segment');
  const sealedEnd = member.headerBytes + member.bytes - tailLength(framing);
  const dataEnd = member.headerBytes + member.bytes;
  const own = createHash('sha256');
  let end = 0;
  for await (const piece of storedPieces(source, member.offset, entryLength(member), seal, where)) {
    const { content, position } = piece;
    const part = (from: number, to: number): Buffer =>
      content.subarray(Math.max(0, from - position), Math.max(0, to - position));
    if (position === 0) await checkTarHeader(part(0, member.headerBytes), member, where);
    if (!isProved) own.update(part(member.headerBytes, sealedEnd));
    if (part(dataEnd, Number.MAX_SAFE_INTEGER).some((byte) => byte !== 0)) {
      throw broken(where, 'its padding is not empty');
    }
    end = piece.end;
  }
  if (digest !== member.digest || !(isProved || own.digest('hex') === digest)) {
    throw broken(where, 'the segment does not match the table of contents (SHA-256 mismatch)');
  }
  return end;
}

async function checkTarHeader(header: Buffer, member: BundleMember, where: string): Promise<void> {
  const entry = await readTarHeader(header);
  if (entry?.name !== member.name || entry.bytes !== member.bytes) {
    throw broken(where, 'its tar header does not match the table of contents');
  }
}

interface StoredPiece {
  /** Place of the piece in the member's content. */
  readonly position: number;
  readonly content: Buffer;
  /** Where the member ends in the file; known with its last piece, 0 before. */
  readonly end: number;
}

/** Reads a gzip member of stored content in order, checks its whole frame, and takes every byte of it into the seal. */
async function* storedPieces(
  source: ByteSource,
  offset: number,
  total: number,
  seal: Hash,
  path: string,
): AsyncGenerator<StoredPiece, void, void> {
  const header = dataHeader();
  await expectBytes(source, offset, header, seal, path);
  let crc = 0;
  const chunk = storedChunk();
  for (let position = 0; position < total; position += chunk) {
    const length = Math.min(chunk, total - position);
    const range = storedRange(position, length);
    const bytes = await source.read(offset + range.offset, range.bytes);
    seal.update(bytes);
    const content = storedContent(bytes, position, length, total);
    release(bytes);
    if (content === null) throw broken(path, 'its tar header is damaged');
    crc = crc32(content, crc);
    const last = position + length === total;
    const trailer = offset + range.offset + range.bytes;
    if (last) await expectBytes(source, trailer, dataTrailer(crc, total), seal, path);
    yield { position, content, end: last ? trailer + dataTrailer(crc, total).length : 0 };
    release(content);
  }
}

async function expectBytes(
  source: ByteSource,
  offset: number,
  expected: Buffer,
  seal: Hash,
  path: string,
): Promise<void> {
  const bytes = await source.read(offset, expected.length);
  if (!expected.equals(bytes)) throw broken(path, 'its tar header is damaged');
  seal.update(bytes);
}

function broken(path: string, why: string): Error {
  return damaged(path, 'verify the bundle', why);
}
