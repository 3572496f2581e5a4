import type { ArchiveStore, PendingFile } from '../archive/archive-store.ts';
import type { Footer } from '../format/segment/segment.ts';
import type { DrainUnit, DueRule, HotReader, Survey } from '../hot/hot-store.ts';
import type { Receipt } from '../hot/ledger.ts';
import type { TableShape } from '../model/shape.ts';
import type { Copier, CopyTask, ProvenCopy } from './copier.ts';
import { oneAhead } from './one-ahead.ts';
import { proveUnits } from './prove-units.ts';
import { writeSegments } from './write-segments.ts';

/**
 * Copies in the calling thread. With `ahead`, the next segment is written while one is proven and while its copy is in the hands of
 * who asked for it; else one thing is done after the other.
 */
export function inlineCopier(
  reader: HotReader,
  archive: ArchiveStore,
  options: { readonly ahead?: boolean } = {},
): Copier {
  return {
    survey: (shape: TableShape, rule: DueRule): Promise<Survey> => reader.survey(shape, rule),
    copy: (task: CopyTask): AsyncIterable<ProvenCopy> =>
      copyDays(reader, archive, task, options.ahead ?? false),
    [Symbol.asyncDispose]: (): PromiseLike<void> => reader[Symbol.asyncDispose](),
  };
}

async function* copyDays(
  reader: HotReader,
  archive: ArchiveStore,
  task: CopyTask,
  ahead: boolean,
): AsyncGenerator<ProvenCopy> {
  const written = writeSegments(reader, archive, task);
  for await (const sealed of ahead ? oneAhead(written, ({ pending }) => pending.abandon()) : written) {
    const { pending, segment, footer, locators } = sealed;
    try {
      const units = await proveUnits(pending, segment, locators);
      yield provenCopy(pending, sealingReceipt(segment, footer, pending.bytes), units);
    } catch (error) {
      await pending.abandon();
      throw error;
    }
  }
}

function provenCopy(pending: PendingFile, receipt: Receipt, units: readonly DrainUnit[]): ProvenCopy {
  return { receipt, units, publish: () => pending.publish(), abandon: () => pending.abandon() };
}

/** The receipt of a segment none of whose rows has been deleted yet. */
export function sealingReceipt(segment: string, footer: Footer, bytes: number): Receipt {
  const { table, day, span, part, rows, rawBytes, digest, minTime, maxTime, archivedAt } = footer;
  return {
    ...{ segment, table, day, span, part, rows, bytes, rawBytes, digest, minTime, maxTime, archivedAt },
    ...{ state: 'sealing', tier: 'warm', position: 0, deleted: 0, changed: 0, absent: 0, adopted: false },
    ...{ replacedBy: null, purgedAt: null, provedAt: null },
  };
}
