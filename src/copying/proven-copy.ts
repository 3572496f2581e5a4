import type { PendingFile } from '../archive/archive-store.ts';
import type { Footer } from '../format/segment/segment.ts';
import type { DrainUnit } from '../hot/hot-store.ts';
import type { Receipt } from '../hot/ledger.ts';
import type { ProvenCopy } from './copier.ts';

/** A segment that was read back and found whole. */
export function provenCopy(pending: PendingFile, receipt: Receipt, units: readonly DrainUnit[]): ProvenCopy {
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
