import { RemovalRefused } from '../../archive/archive-store.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { Counts } from '../segments/drain-segment.ts';
import { finishSegment } from '../segments/finish.ts';
import type { ArchiveRun, Total } from './run-context.ts';
import type { TableTally } from './table-tally.ts';

/** Told of each transaction of a drain: counts it for the table and for the whole run. Not in the ledger, which may be locked by then. */
export function countingInto(
  { onProgress }: Pick<ArchiveRun, 'onProgress'>,
  { table, day, rows, rawBytes }: Receipt,
  tally: TableTally,
  total: Total,
): (counts: Counts) => void {
  return (counts) => {
    tally.drained(counts);
    const done = counts.deleted + counts.changed + counts.absent;
    total.rows += done;
    total.rawBytes += (rawBytes * done) / rows;
    onProgress({ table, day, ...total });
  };
}

/** Finishes a drained segment; that the archive does not allow what it replaced to be removed is reported, and keeps no other from being archived. */
export async function finishCounted(
  { store, archive, parts }: Pick<ArchiveRun, 'store' | 'archive' | 'parts'>,
  segment: string,
  tally: TableTally,
): Promise<void> {
  try {
    await finishSegment(store.ledger, archive, parts, segment);
  } catch (error) {
    if (!(error instanceof RemovalRefused)) throw error;
    tally.kept(error);
  }
}
