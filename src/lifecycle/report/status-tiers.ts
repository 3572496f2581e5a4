import type { StoredFile } from '../../archive/archive-store.ts';
import type { BundleFile, SegmentFile } from '../../archive/listed-files.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { Day } from '../../model/instant.ts';
import { daysOfRows } from '../../model/policy/span.ts';

/** What lies in one tier of the archive. */
export interface TierStatus {
  /** Segments in warm, bundles in cold. */
  readonly files: number;
  readonly bytes: number;
  /** The days of the oldest and of the newest row. */
  readonly oldest: Day | null;
  readonly newest: Day | null;
}

export function warmTier(files: readonly SegmentFile[], receipts: readonly Receipt[]): TierStatus {
  const known = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  const days = files.flatMap((file) => daysOf(known.get(file.segment), file)).sort();
  return { ...sizes(files), oldest: days[0] ?? null, newest: days.at(-1) ?? null };
}

export function coldTier(files: readonly BundleFile[], receipts: readonly Receipt[]): TierStatus {
  const months = new Set(files.map(({ month }) => month));
  const days = receipts
    .filter(({ state, tier, day }) => state === 'archived' && tier === 'cold' && months.has(day.slice(0, 7)))
    .flatMap(daysOfRows)
    .sort();
  return { ...sizes(files), oldest: days[0] ?? null, newest: days.at(-1) ?? null };
}

/** A file without a receipt has only its name to tell. */
function daysOf(receipt: Receipt | undefined, { name }: SegmentFile): readonly Day[] {
  return receipt === undefined ? [name.day] : daysOfRows(receipt);
}

function sizes(files: readonly StoredFile[]): { files: number; bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
