import * as v from 'valibot';
import { damaged } from '../damage.ts';
import type { BundleFormat } from '../format-version.ts';
import { parseChecked } from '../segment/footer-json.ts';
import type { Tail } from '../segment/tail.ts';
import { isMonth, parseSegmentName } from '../segment-names.ts';
import { storedLength } from './stored-member.ts';
import { END_OF_ARCHIVE, paddingOf } from './tar-entry.ts';

/** One segment of a bundle. */
export interface BundleMember {
  /** `<day>/<file>`, as in the warm tier. */
  readonly name: string;
  /** Size of the segment. */
  readonly bytes: number;
  /** The segment's seal, as in its tail. */
  readonly digest: string;
  /** Offset in the bundle of the gzip member that holds its tar entry, and length of the entry's tar header. */
  readonly offset: number;
  readonly headerBytes: number;
}

/** What a bundle's table of contents says. */
export interface Bundle {
  /** `YYYY-MM`. */
  readonly month: string;
  /** Sorted by name. */
  readonly members: readonly BundleMember[];
  /** The seal: hexadecimal SHA-256 of every byte of the bundle before its tail. */
  readonly digest: string;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const contentsSchema = v.strictObject({
  format: v.picklist([1, 2]),
  month: v.pipe(v.string(), v.check(isMonth, 'not a month')),
  members: v.pipe(
    v.array(
      v.strictObject({
        name: v.string(),
        offset: count,
        header_bytes: v.pipe(count, v.minValue(512), v.maxValue(4096), v.multipleOf(512)),
        bytes: v.pipe(count, v.minValue(1)),
        seal: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      }),
    ),
    v.minLength(1),
  ),
});

/** The JSON text of a table of contents. */
export function contentsText(month: string, members: readonly BundleMember[], format: BundleFormat): string {
  const json: v.InferOutput<typeof contentsSchema> = {
    format,
    month,
    members: members.map(({ name, offset, headerBytes, bytes, digest }) => ({
      name,
      offset,
      header_bytes: headerBytes,
      bytes,
      seal: digest,
    })),
  };
  return JSON.stringify(json);
}

/** The inverse of `contentsText`, for a table that the tail leads to. Throws `integrity` when anything does not agree. */
export function parseContents(text: string, tail: Tail, path: string): Bundle {
  const json = parseChecked(contentsSchema, text, path, 'open the bundle');
  const members = json.members.map(
    ({ name, offset, header_bytes, bytes, seal }): BundleMember => ({
      name,
      bytes,
      digest: seal,
      offset,
      headerBytes: header_bytes,
    }),
  );
  const { digest, footerOffset: end } = tail;
  if (json.format !== tail.format)
    throw damaged(path, 'open the bundle', 'its table of contents and its tail have different formats');
  let [at, before] = [0, ''];
  for (const member of members) {
    if (!isMemberName(member.name, json.month) || member.name <= before || member.offset !== at) {
      throw damaged(path, 'open the bundle', `its table of contents is inconsistent at \`${member.name}\``);
    }
    at += storedLength(entryLength(member));
    before = member.name;
  }
  if (at + storedLength(END_OF_ARCHIVE.length) !== end) {
    throw damaged(path, 'open the bundle', 'its table of contents is at the wrong position');
  }
  return { month: json.month, members, digest };
}

export function isMemberName(name: string, month: string): boolean {
  return parseSegmentName(name)?.day.startsWith(`${month}-`) ?? false;
}

/** Length of a member's tar entry: header, data and padding. */
export function entryLength(member: Pick<BundleMember, 'headerBytes' | 'bytes'>): number {
  return member.headerBytes + member.bytes + paddingOf(member.bytes);
}
