import type { Receipt } from '../../../src/hot/ledger.ts';
import { asInstant } from '../../../src/model/instant.ts';

/** A receipt of an archived warm segment of ten rows, but for what is said otherwise. */
export function receiptOf(segment: string, other: Partial<Receipt> = {}): Receipt {
  const [day, file] = segment.split('/') as [string, string];
  const [table, part] = file.split('.') as [string, string];
  return {
    span: 'day',
    ...{ segment, table, day, part: /^\d+$/.test(part) ? Number(part) : 1, state: 'archived', tier: 'warm' },
    ...{
      rows: 10,
      bytes: 1000,
      rawBytes: 5000,
      digest: 'd'.repeat(64),
      minTime: asInstant(0),
      maxTime: asInstant(1),
    },
    ...{ archivedAt: '2026-02-01T00:00:00.000Z', position: 10, deleted: 10, changed: 0, absent: 0 },
    ...{ replacedBy: null, purgedAt: null, adopted: false, provedAt: null },
    ...other,
  };
}
