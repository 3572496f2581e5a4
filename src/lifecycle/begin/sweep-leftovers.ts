import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';

/**
 * Ends what an interrupted run had begun to write: its temporary files are removed, and what a store on S3 was sending is sent. To come before anybody
 * looks at the archive: an order of erasure may be among what is sent.
 */
export async function sweepLeftovers(archive: ArchiveStore): Promise<Reconciled[]> {
  const swept = await archive.sweep();
  return swept.map((subject) => ({
    ...{ action: 'discard', subject, records: 0 },
    reason: 'a temporary file of an interrupted run',
  }));
}
