import { createHash, type Hash } from 'node:crypto';
import { FirnError } from '../../model/errors.ts';
import { damaged } from '../damage.ts';
import { encodeFooter, framingFormat } from '../segment/layout.ts';
import type { ByteSink, ByteSource } from '../segment/segment.ts';
import { encodeTail, readTail, tailLength } from '../segment/tail.ts';
import { type Bundle, type BundleMember, contentsText, entryLength, isMemberName } from './bundle.ts';
import { StoredMember, storedChunk } from './stored-member.ts';
import { END_OF_ARCHIVE, paddingOf, tarHeader } from './tar-entry.ts';

/** A segment on its way into a bundle. */
export interface BundleInput {
  /** `<day>/<file>`. */
  readonly name: string;
  readonly source: ByteSource;
}

/**
 * Writes the bundle of a month (`YYYY-MM`) from segments sorted by name (by UTF-16 code units, as `sort()` does), at
 * least one, one after the other and with bounded memory; each source may be closed once the next is asked for. Each segment's bytes are compared with its seal on the
 * way. The sink then holds the whole bundle, not yet durable. Throws `refused` for a name that is out of order or of
 * another month, `integrity` for a segment that is not as it was sealed.
 */
export async function writeBundle(
  sink: ByteSink,
  month: string,
  inputs: AsyncIterable<BundleInput> | Iterable<BundleInput>,
): Promise<Bundle> {
  const output = new SealingSink(sink);
  const members: BundleMember[] = [];
  for await (const input of inputs) {
    const before = members.at(-1)?.name ?? '';
    if (!isMemberName(input.name, month)) throw refused(input.name, `it is not a segment of ${month}`);
    if (input.name <= before)
      throw refused(input.name, `it comes after \`${before}\`, which is the wrong order`);
    members.push(await writeEntry(output, input));
  }
  if (members.length === 0) throw refused(month, 'it has no segments');
  await output.write(new StoredMember(END_OF_ARCHIVE.length).next(END_OF_ARCHIVE));
  const footerOffset = output.bytes;
  const format = framingFormat('gzip', contentsText(month, members, 1));
  const { bytes, tail } = encodeFooter('gzip', 'FC', contentsText(month, members, format), format);
  await output.write(bytes);
  const digest = output.seal.digest('hex');
  await sink.write(encodeTail({ kind: 'bundle', framing: 'gzip', footerOffset, ...tail, digest }));
  return { month, members, digest };
}

async function writeEntry(output: SealingSink, { name, source }: BundleInput): Promise<BundleMember> {
  const tail = await readTail(source, name, 'segment');
  const header = await tarHeader(name, source.bytes);
  const member: BundleMember = {
    name,
    bytes: source.bytes,
    digest: tail.digest,
    offset: output.bytes,
    headerBytes: header.length,
  };
  const stored = new StoredMember(entryLength(member));
  await output.write(stored.next(header));
  const seal = createHash('sha256');
  const sealed = source.bytes - tailLength(tail.framing);
  const chunk = storedChunk();
  for (let at = 0; at < source.bytes; at += chunk) {
    const bytes = await source.read(at, Math.min(chunk, source.bytes - at));
    if (at < sealed) seal.update(bytes.subarray(0, sealed - at));
    await output.write(stored.next(bytes));
  }
  if (seal.digest('hex') !== tail.digest) {
    throw damaged(name, 'write a bundle', 'its content has changed since it was written (SHA-256 mismatch)');
  }
  const padding = paddingOf(source.bytes);
  if (padding > 0) await output.write(stored.next(new Uint8Array(padding)));
  return member;
}

class SealingSink implements ByteSink {
  bytes = 0;
  readonly seal: Hash = createHash('sha256');
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.seal.update(bytes);
    await this.#sink.write(bytes);
    this.bytes += bytes.length;
  }
}

function refused(path: string, why: string): FirnError {
  return new FirnError('refused', why, { operation: 'write a bundle', path });
}
