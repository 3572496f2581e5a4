import { type ArchiveStore, RemovalRefused } from '../../archive/archive-store.ts';
import { keptAlarm, type Reconciled } from '../reconcile/reconcile-plan.ts';

/**
 * Ends what an interrupted run had begun to write: its temporary files are removed, and what a store on S3 was sending is sent. To come before anybody
 * looks at the archive: an order of erasure may be among what is sent. What the store does not allow to be removed is an alarm.
 */
export async function sweepLeftovers(archive: ArchiveStore): Promise<Reconciled[]> {
  try {
    return (await archive.sweep()).map((subject) => ({
      ...{ action: 'discard', subject, reason: 'a temporary file of an interrupted run', records: 0 },
    }));
  } catch (error) {
    if (!(error instanceof RemovalRefused)) throw error;
    return error.kept.map(keptAlarm);
  }
}
