import type { ArchiveStore, PendingFile } from '../archive/archive-store.ts';
import type { Footer, SegmentHead } from '../format/segment/segment.ts';
import { createSegmentWriter } from '../format/segment/segment-writer.ts';
import { segmentName, warmPath } from '../format/segment-names.ts';
import type { HotReader, RowBlock } from '../hot/hot-store.ts';
import type { Locators } from '../hot/locators.ts';
import type { Day } from '../model/instant.ts';
import { sameWord } from '../model/names.ts';
import { spanOfPolicy } from '../model/policy/thresholds.ts';
import { sizes } from '../model/sizes.ts';
import { AUTO } from '../model/time/time-format.ts';
import type { CopyTask } from './copier.ts';

/** A segment that is whole and durable in a temporary file, which is the taker's to publish or to abandon. */
export interface SealedSegment {
  readonly pending: PendingFile;
  readonly segment: string;
  readonly footer: Footer;
  /** Of each block. */
  readonly locators: readonly Locators[];
  /** The unit of each row of each block, where tables were surveyed together. */
  readonly units: readonly BigInt64Array<ArrayBuffer>[];
}

/** Writes the due rows of a task into segments, one after the other. */
export async function* writeSegments(
  reader: HotReader,
  archive: ArchiveStore,
  task: CopyTask,
): AsyncGenerator<SealedSegment, void, void> {
  for (const day of task.days) {
    const blocks = reader.blocks(task.shape, task.rule, day, task.archivedAt, sizes.blockBytes);
    yield* writeBlocks(archive, task, day, blocks);
  }
}

/** Writes blocks of rows of one day into segments: as many parts as it takes. */
export async function* writeBlocks(
  archive: ArchiveStore,
  task: Omit<CopyTask, 'days'>,
  day: Day,
  blocks: AsyncIterable<RowBlock>,
): AsyncGenerator<SealedSegment, void, void> {
  const ahead = blocks[Symbol.asyncIterator]();
  let next = await ahead.next();
  while (!next.done) {
    const part = await task.nextPart(day);
    const { table, columns, primaryKey, ddl, timeOf } = task.shape;
    const { compression, compressionLevel, timeColumn, timeFormat } = task.rule.policy;
    const segment = segmentName(table, day, part, compression);
    const pending = await archive.create(warmPath(segment));
    try {
      const head: SegmentHead = {
        ...{ table, day, part, columns, primaryKey, ddl, compression, timeColumn },
        ...(timeFormat === undefined || timeFormat === AUTO ? {} : { timeFormat }),
        span: spanOfPolicy(task.rule.policy),
        timeOf,
        archivedAt: task.archivedAt,
        replaces: null,
      };
      const options = { lookupKeys: filteredColumns(task), releases: true, level: compressionLevel };
      const writer = createSegmentWriter(pending, head, options);
      const locators: Locators[] = [];
      const units: BigInt64Array<ArrayBuffer>[] = [];
      while (!next.done && writer.rawBytes < sizes.partBytes) {
        await writer.add(next.value);
        locators.push(next.value.locators);
        if (next.value.units !== undefined) units.push(next.value.units);
        next = await ahead.next();
      }
      const footer = await writer.finish();
      await pending.sync();
      yield { pending, segment, footer, locators, units };
    } catch (error) {
      await pending.abandon();
      throw error;
    }
  }
}

/** The primary key, and those lookup columns that this installation's table has. */
function filteredColumns({ shape, rule }: Pick<CopyTask, 'shape' | 'rule'>): string[] {
  const lookups = shape.columns.filter(({ name }) =>
    rule.policy.lookupKeys.some((key) => sameWord(key, name)),
  );
  return [...new Set([...shape.primaryKey, ...lookups.map(({ name }) => name)])];
}
