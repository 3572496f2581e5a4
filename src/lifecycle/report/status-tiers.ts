import type { StoredFile } from '../../archive/archive-store.ts';
import { parseBundlePath, parseWarmPath } from '../../format/segment-names.ts';
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

export function warmTier(files: readonly StoredFile[], receipts: readonly Receipt[]): TierStatus {
  const segments = files.filter(({ path }) => parseWarmPath(path) !== null);
  const known = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  const days = segments.flatMap(({ path }) => daysOf(known.get(parseWarmPath(path)!), path)).sort();
  return { ...sizes(segments), oldest: days[0] ?? null, newest: days.at(-1) ?? null };
}

export function coldTier(files: readonly StoredFile[], receipts: readonly Receipt[]): TierStatus {
  const bundles = files.filter(({ path }) => parseBundlePath(path) !== null);
  const months = new Set(bundles.map(({ path }) => parseBundlePath(path)!));
  const days = receipts
    .filter(({ state, tier, day }) => state === 'archived' && tier === 'cold' && months.has(day.slice(0, 7)))
    .flatMap(daysOfRows)
    .sort();
  return { ...sizes(bundles), oldest: days[0] ?? null, newest: days.at(-1) ?? null };
}

/** A file without a receipt has only its name to tell. */
function daysOf(receipt: Receipt | undefined, path: string): readonly Day[] {
  return receipt === undefined ? [parseWarmPath(path)!.slice(0, 10)] : daysOfRows(receipt);
}

function sizes(files: readonly StoredFile[]): { files: number; bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
