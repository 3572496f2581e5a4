import { basename, dirname, resolve } from 'node:path';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { openBundle } from '../../format/bundle/bundle-reader.ts';
import type { Row } from '../../format/line/line.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import type { ByteSource } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { FirnError } from '../../model/errors.ts';
import { fileLocation } from '../../model/location.ts';
import { onePlace } from '../../model/policy/archive-places.ts';
import { openArchive } from '../../stores/open-archive.ts';
import { type FooterAnswer, footerJson } from '../answers/retention/file-details-answer.ts';
import { wholeNumber } from '../options/row-request.ts';

/** An archive file, opened to be read. Each iteration reads its rows from the beginning, block by block, with bounded memory. */
export interface ArchiveFileReader extends AsyncIterable<Row>, AsyncDisposable {
  /** What the file says of itself: table, columns, number of rows, times, blocks. */
  readonly footer: FooterAnswer;
  /** The number of rows. */
  readonly count: number;
  /** The rows in lists of `size` (default 1,000), the last one shorter. */
  batches(size?: number): AsyncIterable<readonly Row[]>;
  /** All rows at once: for small files. */
  readAll(): Promise<readonly Row[]>;
  /** The lines exactly as they are archived, UTF-8 JSON with their line feed. */
  lines(): AsyncIterable<Uint8Array>;
  /**
   * For each block whether it may contain a row whose column has this value as text; null for a column without a Bloom filter. A `false` is never
   * wrong.
   */
  mayContain(column: string, value: string): Promise<readonly boolean[] | null>;
  /** Reads every byte back and compares it with the seal. Rejects with `integrity` when the file is damaged. */
  verify(): Promise<void>;
}

/** See `openArchiveFile`. */
export async function openFileReader(path: string, segment?: string): Promise<ArchiveFileReader> {
  await using opening = new AsyncDisposableStack();
  const file = opening.use(await openFile(path));
  if (!isBundle(path)) return await readerOf(file, path, opening.move());
  const bundle = await openBundle(file, path);
  const members = bundle.members.map(({ name }) => name);
  const source = segment === undefined ? null : bundle.open(segment);
  if (source !== null) return await readerOf(source, `${path}:${segment}`, opening.move());
  throw new FirnError(
    segment === undefined ? 'usage' : 'not_found',
    segment === undefined ? 'a bundle has several files' : `the bundle has no file ${segment}`,
    { operation: 'open the archive file', path, hint: `Its files are: ${members.join(', ')}` },
  );
}

/** See `archiveFileSegments`. */
export async function segmentsInFile(path: string): Promise<readonly string[]> {
  if (!isBundle(path)) return [`${basename(dirname(resolve(path)))}/${basename(path)}`];
  await using file = await openFile(path);
  return (await openBundle(file, path)).members.map(({ name }) => name);
}

/** Opens a file of an archive store by its name, in whichever tier it is. */
export async function openSegmentFile(archive: ArchiveStore, segment: string): Promise<ArchiveFileReader> {
  await using opening = new AsyncDisposableStack();
  const stored = await openStored(archive, segment, 'any');
  if (stored === null) {
    throw new FirnError('not_found', 'the archive has no such file', {
      operation: 'open the archive file',
      path: segment,
      hint: 'List the files with the method `segments`.',
    });
  }
  opening.use(stored);
  return await readerOf(stored.source, segment, opening.move());
}

async function openFile(path: string): Promise<ByteSource & AsyncDisposable> {
  const absolute = resolve(path);
  return await openArchive(onePlace(fileLocation(dirname(absolute)))).open(basename(absolute));
}

function isBundle(path: string): boolean {
  return path.endsWith('.tar.gz');
}

async function readerOf(
  source: ByteSource,
  path: string,
  opened: AsyncDisposableStack,
): Promise<ArchiveFileReader> {
  const reader = await openSegment(source, path).catch(async (error) => {
    await opened.disposeAsync();
    throw error;
  });
  return {
    footer: footerJson(reader.footer),
    count: reader.footer.rows,
    batches: (size = 1_000) => inBatches(reader.rows(), wholeNumber(size, 'size', 1)),
    readAll: () => reader.readAll(),
    lines: () => reader.lines(),
    mayContain: (column, value) => reader.mayContain(column, value),
    verify: async () => void (await provenFooter(source, path)),
    [Symbol.asyncIterator]: () => reader.rows()[Symbol.asyncIterator](),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function* inBatches(
  rows: AsyncIterable<Row>,
  size: number,
): AsyncGenerator<readonly Row[], void, void> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
