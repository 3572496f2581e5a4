import type { ArchiveStore } from '../archive/archive-store.ts';
import type { DueRule, HotReader, Survey } from '../hot/hot-store.ts';
import type { TableShape } from '../model/shape.ts';
import type { Copier, CopyTask, ProvenCopy } from './copier.ts';
import { copyGroups } from './copy-groups.ts';
import { oneAhead } from './one-ahead.ts';
import { proveUnits } from './prove-units.ts';
import { provenCopy, sealingReceipt } from './proven-copy.ts';
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
    surveyBound: (bound) => reader.surveyBound(bound),
    dangling: (reference) => reader.dangling(reference),
    copyGroups: (task) => copyGroups(reader, archive, task),
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
