import { promisify } from 'node:util';
import { crc32, deflateRawSync, inflateRaw } from 'node:zlib';
import { damaged } from '../damage.ts';
import type { BundleFormat, Format } from '../format-version.ts';
import { carriers } from '../framing/carrier.ts';
import { type ExtraId, oldestFormat } from '../framing/gzip-member.ts';
import type { ByteSource, Footer } from './segment.ts';
import { type Tail, tailLength } from './tail.ts';

/*
 * What stands behind the blocks of a segment, and how it is framed:
 *   gzip:  members FB (filters, a chain per column), members FF (footer), tail member FT
 *   zstd:  the same payloads, each in one skippable frame
 *   none:  {"_firn_filters":["<base64>",…],"_firn_footer":{…}} and a line with the tail
 */

type Compression = Footer['compression'];

const FILTERS_START = '{"_firn_filters":[';
const FOOTER_START = '],"_firn_footer":';
const FOOTER_END = '}\n';
const LARGEST_FOOTER = 64 * 1024 * 1024;
const inflate = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** How many bytes of the file `encodeFilter` makes of a column's filters. */
export function filterBytes(compression: Compression, size: number, format: Format): number {
  return compression === 'none' ? Math.ceil(size / 3) * 4 : carriers[compression].wrappedLength(size, format);
}

/** Where the filters and the footer begin, when the blocks end at `end`. */
export function footerStart(
  compression: Compression,
  end: number,
  filters: readonly { readonly bytes: number }[],
): { readonly filterOffsets: readonly number[]; readonly footerOffset: number } {
  const plain = compression === 'none';
  const filterOffsets: number[] = [];
  let at = plain ? end + FILTERS_START.length : end;
  for (const filter of filters) {
    if (plain) at += filterOffsets.length === 0 ? 1 : 3;
    filterOffsets.push(at);
    at += filter.bytes;
  }
  if (plain) at += (filters.length === 0 ? 0 : 1) + FOOTER_START.length;
  return { filterOffsets, footerOffset: at };
}

/** Everything between the last block and the footer. */
export function encodeFilters(
  compression: Compression,
  filters: readonly Uint8Array[],
  format: Format,
): Buffer {
  if (compression !== 'none') {
    const { wrap } = carriers[compression];
    return Buffer.concat(filters.map((filter) => wrap('FB', filter, format)));
  }
  const texts = filters.map((filter) => `"${Buffer.from(filter).toString('base64')}"`);
  return Buffer.from(FILTERS_START + texts.join(',') + FOOTER_START, 'latin1');
}

/** One column's filters from their bytes in the file; null when the bytes are malformed. */
export function decodeFilter({ compression, format }: Footer, bytes: Uint8Array): Buffer | null {
  if (compression !== 'none') return carriers[compression].unwrap('FB', bytes, format);
  const text = Buffer.from(bytes).toString('latin1');
  const filter = Buffer.from(text, 'base64');
  return filter.toString('base64') === text ? filter : null;
}

/** A footer's bytes up to the tail, and what the tail says of them. The format is that of `framingFormat`, or a later one. */
export function encodeFooter(
  framing: Compression,
  id: ExtraId,
  text: string,
  format: Format,
): {
  readonly bytes: Buffer;
  readonly tail: Pick<Tail, 'format' | 'footerBytes' | 'footerRawBytes' | 'footerCrc'>;
} {
  const raw = Buffer.from(text, 'utf8');
  const isPlain = framing === 'none';
  const footer = isPlain ? raw : carriers[framing].wrap(id, deflateRawSync(raw, { level: 9 }), format);
  const bytes = isPlain ? Buffer.concat([raw, Buffer.from(FOOTER_END)]) : footer;
  return {
    bytes,
    tail: { format, footerBytes: footer.length, footerRawBytes: raw.length, footerCrc: crc32(raw) },
  };
}

/** The oldest format whose chains hold a footer's text and filters of these sizes. */
export function framingFormat(
  framing: Compression,
  text: string,
  filters: readonly number[] = [],
): BundleFormat {
  if (framing !== 'gzip') return 1;
  return oldestFormat([...filters, deflateRawSync(text, { level: 9 }).length]);
}

/** Reads the footer that a tail leads to: its bytes up to the tail as they stand in the file, and its text. */
export async function readFooter(
  source: ByteSource,
  path: string,
  tail: Tail,
  id: ExtraId,
): Promise<{ readonly bytes: Uint8Array; readonly text: string }> {
  const operation = `open the ${tail.kind}`;
  const suffix = tail.framing === 'none' ? FOOTER_END.length : 0;
  const end = source.bytes - tailLength(tail.framing) - suffix;
  const tooLarge = tail.footerBytes > LARGEST_FOOTER || tail.footerRawBytes > LARGEST_FOOTER;
  if (tooLarge || tail.footerOffset + tail.footerBytes !== end) {
    throw damaged(path, operation, 'its tail does not point to a footer');
  }
  const bytes = Buffer.from(await source.read(tail.footerOffset, tail.footerBytes + suffix, 'index'));
  const raw = await footerRaw(bytes.subarray(0, tail.footerBytes), tail, id);
  const ended = bytes.toString('latin1', tail.footerBytes) === (suffix === 0 ? '' : FOOTER_END);
  if (!ended || raw?.length !== tail.footerRawBytes || crc32(raw) !== tail.footerCrc) {
    throw damaged(path, operation, 'its footer is damaged');
  }
  return { bytes, text: raw.toString('utf8') };
}

async function footerRaw(footer: Buffer, tail: Tail, id: ExtraId): Promise<Buffer | null> {
  if (tail.framing === 'none') return footer;
  const deflated = carriers[tail.framing].unwrap(id, footer, tail.format);
  if (deflated === null) return null;
  return inflate(deflated, { maxOutputLength: Math.max(1, tail.footerRawBytes) }).catch(() => null);
}
