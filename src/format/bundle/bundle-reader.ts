import { damaged } from '../damage.ts';
import { readFooter } from '../segment/layout.ts';
import { release } from '../segment/release.ts';
import type { ByteSource } from '../segment/segment.ts';
import { readTail, type Tail } from '../segment/tail.ts';
import { type Bundle, type BundleMember, entryLength, parseContents } from './bundle.ts';
import { storedContent, storedRange } from './stored-member.ts';

export interface BundleReader extends Bundle {
  /** The bytes of one segment, as a source of its own; null when the bundle has no such member. Reads nothing yet. */
  open(name: string): ByteSource | null;
}

/** What `readContents` has read, for those who must account for every byte. */
export interface OpenedBundle {
  readonly bundle: Bundle;
  readonly tail: Tail;
  /** The file's bytes from the tail's `footerOffset` up to the tail. */
  readonly contentsBytes: Uint8Array;
}

/**
 * Opens a bundle; reads its tail and table of contents only. `path` is for messages. Throws `integrity` when it is no
 * whole bundle, `refused` when a later version of Firn has written it.
 */
export async function openBundle(source: ByteSource, path: string): Promise<BundleReader> {
  const { bundle } = await readContents(source, path);
  const members = new Map(bundle.members.map((member) => [member.name, member]));
  return {
    ...bundle,
    open(name) {
      const member = members.get(name);
      return member === undefined ? null : memberSource(source, path, member);
    },
  };
}

export async function readContents(source: ByteSource, path: string): Promise<OpenedBundle> {
  const tail = await readTail(source, path, 'bundle');
  if (tail.framing !== 'gzip')
    throw damaged(path, 'open the bundle', 'it does not end with the tail of a bundle');
  const { bytes, text } = await readFooter(source, path, tail, 'FC');
  return {
    bundle: parseContents(text, tail, path),
    tail,
    contentsBytes: bytes,
  };
}

/** A member's bytes, with every range mapped to the one range of the bundle that holds it. */
export function memberSource(source: ByteSource, path: string, member: BundleMember): ByteSource {
  const total = entryLength(member);
  return {
    bytes: member.bytes,
    async read(offset, length, use) {
      if (offset < 0 || length < 0 || offset + length > member.bytes) {
        throw damaged(`${path}:${member.name}`, 'read a segment', 'the file is too short');
      }
      if (length === 0) return new Uint8Array(0);
      const position = member.headerBytes + offset;
      const range = storedRange(position, length);
      const bytes = await source.read(member.offset + range.offset, range.bytes, use);
      const content = storedContent(bytes, position, length, total);
      release(bytes);
      if (content === null)
        throw damaged(`${path}:${member.name}`, 'read a segment', 'its tar header is damaged');
      return content;
    },
  };
}
