import type { Instant } from '../../model/instant.ts';
import { isBloomFilter } from '../segment/bloom.ts';
import type { BlockEntry, Footer } from '../segment/segment.ts';

/*
 * The index of lookup keys: what decides whether a segment may hold a row with a key, of many segments in one file. A line of JSON,
 * and the Bloom filters of all segments one behind the other. It is derived from the segments, and holds no rows.
 */

const FORMAT = 1;

/** What a footer says that many segments of a table have in common. */
export type Shape = Pick<
  Footer,
  'table' | 'timeColumn' | 'timeFormat' | 'columns' | 'dialect' | 'lookupKeys'
>;

/** The file that held the segment when it was indexed: its own, or its month's bundle. */
export interface IndexedFile {
  readonly path: string;
  readonly bytes: number;
  /** See `StoredFile`; null where the store does not tell. */
  readonly modifiedMs: number | null;
}

export interface IndexedSegment {
  readonly segment: string;
  /** Its seal. */
  readonly digest: string;
  readonly file: IndexedFile;
  readonly shape: Shape;
  readonly blocks: readonly Pick<BlockEntry, 'minTime' | 'maxTime'>[];
  /** The filter of each block, for a column of `lookupKeys`. */
  filters(column: string): readonly Uint8Array[];
}

/** Segments by name. */
export type LookupIndex = ReadonlyMap<string, IndexedSegment>;

/** Name, seal, place of file and shape, times of blocks (first and last), place of the filters and their lengths (by column, then by block). */
type Entry = [string, string, number, number, number[], number, number[]];

interface Head {
  readonly format: number;
  readonly files: IndexedFile[];
  readonly shapes: Shape[];
  readonly segments: Entry[];
}

/** The bytes of an index; the order of the segments is kept. */
export function encodeIndex(segments: Iterable<IndexedSegment>): Buffer {
  const head: Head = { format: FORMAT, files: [], shapes: [], segments: [] };
  const files = new Map<string, number>();
  const shapes = new Map<string, number>();
  const filters: Uint8Array[] = [];
  let offset = 0;
  for (const { segment, digest, file, shape, blocks, filters: of } of segments) {
    const own = shape.lookupKeys.flatMap((column) => [...of(column)]);
    const times = blocks.flatMap(({ minTime, maxTime }) => [minTime, maxTime]);
    const place = placeOf(files, head.files, file);
    head.segments.push([
      ...([segment, digest, place, placeOf(shapes, head.shapes, shape)] as const),
      ...([times, offset, own.map(({ length }) => length)] as const),
    ]);
    filters.push(...own);
    offset += own.reduce((sum, { length }) => sum + length, 0);
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...filters]);
}

/** Where an equal value stands in the list, to which it is added when there is none. */
function placeOf<T>(known: Map<string, number>, list: T[], value: T): number {
  const text = JSON.stringify(value);
  const place = known.get(text) ?? list.push(value) - 1;
  known.set(text, place);
  return place;
}

/** The inverse of `encodeIndex`, of bytes that are known to be what it gave; null for those of another version. */
export function decodeIndex(bytes: Uint8Array): LookupIndex | null {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = content.indexOf(10) + 1;
  const head = JSON.parse(content.toString('utf8', 0, start)) as Head;
  if (head.format !== FORMAT) return null;
  return new Map(
    head.segments.map((entry) => [entry[0], segmentOf(entry, head, content.subarray(start))] as const),
  );
}

function segmentOf(
  [segment, digest, file, shape, times, offset, lengths]: Entry,
  { files, shapes }: Head,
  filters: Buffer,
): IndexedSegment {
  const count = times.length / 2;
  const keys = shapes[shape]!.lookupKeys;
  return {
    ...{ segment, digest, file: files[file]!, shape: shapes[shape]! },
    get blocks() {
      return Array.from({ length: count }, (_, block) => {
        return { minTime: times[2 * block] as Instant, maxTime: times[2 * block + 1] as Instant };
      });
    },
    filters(column) {
      const first = keys.indexOf(column) * count;
      let at = offset + lengths.slice(0, first).reduce((sum, length) => sum + length, 0);
      return lengths.slice(first, first + count).map((length) => {
        at += length;
        return filters.subarray(at - length, at);
      });
    },
  };
}

/** What is indexed of a segment: null when a filter is none, or together they have more bytes than allowed. */
export function indexedSegment(
  segment: string,
  footer: Footer,
  file: IndexedFile,
  filters: ReadonlyMap<string, readonly Uint8Array[]>,
  mostBytes: number,
): IndexedSegment | null {
  const { table, timeColumn, timeFormat, columns, dialect, lookupKeys, blocks, digest } = footer;
  const all = [...filters.values()].flat();
  const isWhole = lookupKeys.every((key) => filters.get(key)?.length === blocks.length);
  if (!isWhole || !all.every(isBloomFilter)) return null;
  if (all.reduce((sum, { length }) => sum + length, 0) > mostBytes) return null;
  const shape: Shape = {
    ...{ table, timeColumn, columns, lookupKeys },
    ...(timeFormat === undefined ? {} : { timeFormat }),
    ...(dialect === undefined ? {} : { dialect }),
  };
  return { segment, digest, file, shape, blocks, filters: (column) => filters.get(column)! };
}
