import { hash } from 'node:crypto';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { decodeLine, InvalidText, splitLines } from '../../format/line/line.ts';
import { contentOf, rowidOf } from '../../format/line/line-content.ts';
import { readBlocks } from '../../format/segment/prove.ts';
import { release } from '../../format/segment/release.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { asInstant, type Instant } from '../../model/instant.ts';
import { type Covered, spanAt } from '../../model/policy/span.ts';
import { sizes } from '../../model/sizes.ts';
import { parseInstant } from '../../model/time/parse-instant.ts';
import type { TimeSource } from '../../model/time/time-format.ts';

/** Rows that no key tells apart and that stand in more places than one. */
export interface KeylessDoubles {
  readonly table: string;
  /** The span that they are of. */
  readonly covered: Covered;
  /** The segment that holds them, or one of them. */
  readonly segment: string;
  /** `hot`, or another segment. */
  readonly other: string;
  readonly rows: number;
  /**
   * True when they are doubled; false when they may be other rows that read the same, as the ledger counts the archived ones as deleted: the same
   * content is archived several times, or rows of that span are still to be archived.
   */
  readonly certain: boolean;
}

/** Contents of hot rows of one span, by their digests. */
interface Content {
  hot: number;
  readonly rowids: Set<bigint>;
  archived: number;
  segment: Receipt | null;
  sameRowid: boolean;
}

/**
 * Looks for rows of one table that no key tells apart (no primary key, or a NULL in it) in hot and in the archive, and for those that are archived
 * twice. Reads segments only of spans of which hot has such rows, or whose rows were not all found when they were to be deleted.
 * @param sound archived segments of the table that can be read.
 * @param unfound how many lines of a segment, or of those that it was rewritten from, had no row when they were to be deleted.
 */
export async function keylessDoubles(
  reader: HotReader,
  archive: ArchiveStore,
  table: string,
  sound: readonly Receipt[],
  unfound: (receipt: Receipt) => number,
): Promise<KeylessDoubles[]> {
  const found: KeylessDoubles[] = [];
  const shape = await reader.shape(table);
  const newest = sound.at(-1);
  if (newest === undefined) return found;
  const footer = await footerOf(archive, newest);
  if (footer === null) return found;
  if (shape !== null) {
    const segments = Map.groupBy(sound, nameOf);
    const spans = new Set(sound.map((receipt) => receipt.span));
    const span = {
      ...{ column: footer.timeColumn, format: footer.timeFormat },
      least: asInstant(Math.min(...sound.map(({ minTime }) => minTime))),
      greatest: asInstant(Math.max(...sound.map(({ maxTime }) => maxTime))),
    };
    let contents = new Map<string, Map<string, Content>>();
    let kept = 0;
    const compare = async (): Promise<void> => {
      for (const [name, own] of contents) {
        found.push(...(await inHot(archive, table, segments.get(name)!, own, unfound)));
      }
      [contents, kept] = [new Map(), 0];
    };
    for await (const lines of reader.keyless(shape, span)) {
      for (const line of splitLines(lines) as Buffer[]) {
        const time = timeIn(line, footer);
        if (time === null) continue;
        for (const span of spans) {
          const name = nameOf(spanAt(time, span));
          if (!segments.has(name)) continue;
          take(contents, name, line);
          kept++;
        }
      }
      if (kept >= sizes.printedKeys) await compare();
    }
    await compare();
  }
  if (footer.primaryKey.length === 0) found.push(...(await archivedTwice(archive, table, sound, unfound)));
  return found;
}

/** Segments of the same span have the same name here, and spans of different lengths different ones. */
function nameOf({ day, span }: Covered): string {
  return `${span} ${day}`;
}

function take(contents: Map<string, Map<string, Content>>, name: string, line: Buffer): void {
  const own = contents.get(name) ?? new Map<string, Content>();
  contents.set(name, own);
  const print = printOf(line);
  const content = own.get(print) ?? {
    ...{ hot: 0, rowids: new Set(), archived: 0, segment: null, sameRowid: false },
  };
  content.hot++;
  const rowid = rowidOf(line);
  if (rowid !== null) content.rowids.add(rowid);
  own.set(print, content);
}

/** Compares the hot rows of a span with its segments, at least one. */
async function inHot(
  archive: ArchiveStore,
  table: string,
  segments: readonly Receipt[],
  contents: ReadonlyMap<string, Content>,
  unfound: (receipt: Receipt) => number,
): Promise<KeylessDoubles[]> {
  for (const receipt of segments) {
    for await (const line of linesOf(archive, receipt)) {
      const content = contents.get(printOf(line));
      if (content === undefined) continue;
      content.archived++;
      if (content.segment === null || unfound(receipt) > 0) content.segment = receipt;
      content.sameRowid ||= content.rowids.has(rowidOf(line) ?? -1n);
    }
  }
  const all = [...contents.values()];
  const met = all.filter(({ segment }) => segment !== null);
  // A run that was stopped may have archived one of two rows that read the same.
  const isUnfinished = met.length < all.length;
  const isCertain = ({ archived, segment, sameRowid }: Content): boolean =>
    sameRowid || unfound(segment!) > 0 || (archived === 1 && !isUnfinished);
  const groups = Map.groupBy(met, (content) => `${isCertain(content)} ${content.segment!.segment}`);
  return [...groups.values()].map((group) => ({
    ...{ table, covered: segments[0]!, segment: group[0]!.segment!.segment, other: 'hot' },
    rows: group.reduce((sum, { hot, archived }) => sum + Math.min(hot, archived), 0),
    certain: isCertain(group[0]!),
  }));
}

/** Of segments some of whose rows were not found when they were to be deleted, lines that other segments of that time hold too. */
async function archivedTwice(
  archive: ArchiveStore,
  table: string,
  sound: readonly Receipt[],
  unfound: (receipt: Receipt) => number,
): Promise<KeylessDoubles[]> {
  const found: KeylessDoubles[] = [];
  for (const receipt of sound) {
    const { segment, minTime, maxTime } = receipt;
    const most = receipt.adopted ? 0 : unfound(receipt);
    const others = sound.filter(
      (other) => other.minTime <= maxTime && other.maxTime >= minTime && other.segment !== segment,
    );
    if (most === 0 || others.length === 0) continue;
    const lines = new Map<string, number>();
    for await (const line of linesOf(archive, receipt)) {
      const print = printOf(line);
      lines.set(print, (lines.get(print) ?? 0) + 1);
    }
    for (const other of others) {
      const left = new Map(lines);
      let rows = 0;
      for await (const line of linesOf(archive, other)) {
        const print = printOf(line);
        const count = left.get(print) ?? 0;
        if (count === 0) continue;
        left.set(print, count - 1);
        rows++;
      }
      const doubled = Math.min(rows, most);
      if (doubled > 0)
        found.push({ table, covered: receipt, segment, other: other.segment, rows: doubled, certain: true });
    }
  }
  return found;
}

async function* linesOf(archive: ArchiveStore, { segment, tier }: Receipt): AsyncGenerator<Buffer> {
  await using stored = await openStored(archive, segment, tier);
  if (stored === null) return;
  for await (const { lines } of readBlocks(stored.source, segment, { concurrency: sizes.keyBlocksAhead })) {
    for (const line of splitLines(lines) as Buffer[]) yield line;
    release(lines);
  }
}

async function footerOf(archive: ArchiveStore, { segment, tier }: Receipt) {
  await using stored = await openStored(archive, segment, tier);
  return stored === null ? null : (await openSegment(stored.source, segment)).footer;
}

function printOf(line: Buffer): string {
  return hash('sha256', contentOf(line), 'buffer').toString('latin1', 0, 16);
}

function timeIn(line: Buffer, { timeColumn, timeFormat }: TimeSource): Instant | null {
  const value = decodeLine(line)[timeColumn] ?? null;
  return value instanceof InvalidText ? null : parseInstant(value, timeFormat);
}
