import { hash } from 'node:crypto';
import type { ArchiveStore, PendingFile } from '../archive/archive-store.ts';
import { segmentName, warmPath } from '../format/names.ts';
import { proveSegment } from '../format/prove.ts';
import { release } from '../format/release.ts';
import type { Footer } from '../format/segment.ts';
import { createSegmentWriter } from '../format/segment-writer.ts';
import type { DrainUnit, DueRule, HotReader, RowBlock, Survey } from '../hot/hot-store.ts';
import type { Receipt } from '../hot/ledger.ts';
import { sameName } from '../model/names.ts';
import type { TableShape } from '../model/shape.ts';
import type { Copier, CopyTask, ProvenCopy } from './copier.ts';

/** Text of one block, and of one segment, in bytes: what bounds memory, and what is copied while the last one drains. */
const BLOCK_BYTES = 1 << 20;
const SEGMENT_BYTES = 128 << 20;

/** A unit is what is compared as a whole when rows are deleted. */
const UNIT_ROWS = 100;
const UNIT_BYTES = 256 << 10;

/** Copies in the calling thread, one segment at a time. */
export function inlineCopier(reader: HotReader, archive: ArchiveStore): Copier {
  return {
    survey: (shape: TableShape, rule: DueRule): Promise<Survey> => reader.survey(shape, rule),
    copy: (task: CopyTask): AsyncIterable<ProvenCopy> => copyDays(reader, archive, task),
    [Symbol.asyncDispose]: (): PromiseLike<void> => reader[Symbol.asyncDispose](),
  };
}

async function* copyDays(
  reader: HotReader,
  archive: ArchiveStore,
  task: CopyTask,
): AsyncGenerator<ProvenCopy> {
  for (const { day, firstPart } of task.days) {
    const blocks = reader.blocks(task.shape, task.rule, day, task.archivedAt, BLOCK_BYTES);
    const ahead = blocks[Symbol.asyncIterator]();
    let next = await ahead.next();
    for (let part = firstPart; !next.done; part++) {
      const { table, columns, primaryKey, ddl } = task.shape;
      const { compression } = task.rule.policy;
      const segment = segmentName(table, day, part, compression);
      const pending = await archive.create(warmPath(segment));
      try {
        const head = {
          ...{ table, day, part, columns, primaryKey, ddl, compression },
          timeColumn: task.rule.policy.timeColumn,
          archivedAt: task.archivedAt,
          replaces: null,
        };
        const writer = createSegmentWriter(pending, head, { lookupKeys: filteredColumns(task) });
        const rowids: RowBlock['rowids'][] = [];
        while (!next.done && writer.rawBytes < SEGMENT_BYTES) {
          await writer.add(next.value);
          rowids.push(next.value.rowids);
          next = await ahead.next();
        }
        const footer = await writer.finish();
        await pending.sync();
        const units = await proveUnits(pending, segment, rowids);
        yield provenCopy(pending, sealingReceipt(segment, footer, pending.bytes), units);
      } catch (error) {
        await pending.abandon();
        throw error;
      }
    }
  }
}

function provenCopy(pending: PendingFile, receipt: Receipt, units: readonly DrainUnit[]): ProvenCopy {
  return { receipt, units, publish: () => pending.publish(), abandon: () => pending.abandon() };
}

/** The primary key, and those lookup columns that this installation's table has. */
function filteredColumns({ shape, rule }: CopyTask): string[] {
  const lookups = shape.columns.filter(({ name }) =>
    rule.policy.lookupKeys.some((key) => sameName(key, name)),
  );
  return [...new Set([...shape.primaryKey, ...lookups.map(({ name }) => name)])];
}

/** The receipt of a segment none of whose rows has been deleted yet. */
export function sealingReceipt(segment: string, footer: Footer, bytes: number): Receipt {
  const { table, day, part, rows, rawBytes, digest, minTime, maxTime, archivedAt } = footer;
  return {
    ...{ segment, table, day, part, rows, bytes, rawBytes, digest, minTime, maxTime, archivedAt },
    ...{ state: 'sealing', tier: 'warm', position: 0, deleted: 0, changed: 0, absent: 0, adopted: false },
    ...{ replacedBy: null, purgedAt: null, provedAt: null },
  };
}

/** Reads the whole file back, and takes the digests that the drain will compare from the bytes that were read. */
async function proveUnits(
  pending: PendingFile,
  segment: string,
  rowids: readonly RowBlock['rowids'][],
): Promise<DrainUnit[]> {
  const units: DrainUnit[] = [];
  for await (const { block, first, lines } of proveSegment(pending, segment)) {
    const ids = rowids[block] ?? null;
    for (const unit of cutUnits(lines)) {
      // A copy of its own: a view would take its whole pool along across threads.
      const digest = Uint8Array.from(hash('sha256', lines.subarray(unit.start, unit.end), 'buffer'));
      const own = ids === null ? null : ids.slice(unit.row, unit.row + unit.rows);
      units.push({ first: first + unit.row, rows: unit.rows, digest, rowids: own });
    }
    release(lines);
  }
  return units;
}

/** Cuts a block into units of whole lines. */
function* cutUnits(lines: Uint8Array): Generator<{ row: number; rows: number; start: number; end: number }> {
  let [row, rows, start, end] = [0, 0, 0, 0];
  while (end < lines.length) {
    end = lines.indexOf(10, end) + 1;
    if (end === 0) end = lines.length;
    rows++;
    if (rows === UNIT_ROWS || end - start >= UNIT_BYTES || end === lines.length) {
      yield { row, rows, start, end };
      [row, rows, start] = [row + rows, 0, end];
    }
  }
}
