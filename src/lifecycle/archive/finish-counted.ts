import { RemovalRefused } from '../../archive/archive-store.ts';
import { finishSegment } from '../segments/finish.ts';
import type { ArchiveRun } from './run-context.ts';
import type { TableTally } from './table-tally.ts';

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
