import { segmentName } from '../../../src/format/segment-names.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { receiptOf } from './receipts.ts';

/** A receipt of an archived warm segment of that table and day: 1,000 rows of 200 bytes, but for what is said otherwise. */
export function sampleReceipt(table: string, day: string, changes: Partial<Receipt> = {}): Receipt {
  const rows = changes.rows ?? 1000;
  const segment = segmentName(table, day, changes.part ?? 1, 'gzip');
  const sizes = { rows, bytes: rows * 200, rawBytes: rows * 1000, position: rows, deleted: rows };
  return receiptOf(segment, { table, ...sizes, ...changes });
}
