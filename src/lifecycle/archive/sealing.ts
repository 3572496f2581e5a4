import type { ProvenCopy } from '../../copying/copier.ts';
import { openSegment, type SegmentReader } from '../../format/segment/segment-reader.ts';
import { warmPath } from '../../format/segment-names.ts';
import { stopIfTold } from '../../model/stop.ts';
import type { ArchiveRun } from './run-context.ts';

/** A segment that has its receipt and its name, and is open for its drain. None of its rows has been deleted. */
export interface Sealed extends AsyncDisposable {
  readonly copy: ProvenCopy;
  readonly reader: SegmentReader;
}

/**
 * Gives each copy its receipt and then its name. When the caller stops in between, the next run drains what was named: it finds the receipt
 * `sealing` and the file.
 */
export async function* sealing(
  { store, archive, stop }: Pick<ArchiveRun, 'store' | 'archive' | 'stop'>,
  copies: AsyncIterable<ProvenCopy>,
): AsyncGenerator<Sealed, void, void> {
  for await (const copy of copies) {
    const { segment, table } = copy.receipt;
    try {
      stopIfTold(stop, { operation: 'archive the table', path: table });
      await store.ledger.insert([copy.receipt]);
      await copy.publish();
    } catch (error) {
      await copy.abandon();
      throw error;
    }
    await using opened = new AsyncDisposableStack();
    const reader = await openSegment(opened.use(await archive.open(warmPath(segment))), segment);
    const kept = opened.move();
    yield { copy, reader, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }
}
