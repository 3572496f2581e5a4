import { segmentName } from '../../src/format/names.ts';
import type { Receipt } from '../../src/hot/ledger.ts';

/** The receipt of a segment that left the hot store in good order. */
export function sampleReceipt(table: string, day: string, changes: Partial<Receipt> = {}): Receipt {
  const part = changes.part ?? 1;
  const start = Date.parse(`${day}T00:00:00Z`) * 1000;
  const rows = changes.rows ?? 1000;
  return {
    segment: segmentName(table, day, part, 'gzip'),
    ...{ table, day, part, rows },
    state: 'archived',
    tier: 'warm',
    bytes: rows * 200,
    rawBytes: rows * 1000,
    digest: `${day}${table}`,
    minTime: start,
    maxTime: start + 86_399_000_000,
    archivedAt: '2026-01-24T02:00:00Z',
    position: rows,
    deleted: rows,
    changed: 0,
    absent: 0,
    replacedBy: null,
    purgedAt: null,
    adopted: false,
    provedAt: null,
    ...changes,
  };
}
