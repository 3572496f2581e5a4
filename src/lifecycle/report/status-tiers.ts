import type { ArchiveStore, StoredFile } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { type BundleFile, bundleFiles, type SegmentFile, warmFiles } from '../../archive/listed-files.ts';
import { bundleOf } from '../../archive/stored-segment.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { Day } from '../../model/instant.ts';
import { daysOfRows } from '../../model/policy/span.ts';

/** What lies in one tier of the archive; where its location is away, what the ledger says of it. */
export interface TierStatus {
  /** The folder or address of the tier's location. */
  readonly location: string;
  /** Why the location is away; null when it is there. */
  readonly away: string | null;
  /** Segments in warm, bundles in cold. */
  readonly files: number;
  readonly bytes: number;
  /** The days of the oldest and of the newest row. */
  readonly oldest: Day | null;
  readonly newest: Day | null;
}

export async function tiersOf(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
): Promise<{ readonly warm: TierStatus; readonly cold: TierStatus }> {
  const away = await awayTiers(archive);
  const place = (tier: 'warm' | 'cold'): Pick<TierStatus, 'location' | 'away'> => ({
    location: away.get(tier)?.location ?? (archive.apart?.[tier] ?? archive).location,
    away: away.get(tier)?.why ?? null,
  });
  return {
    warm: {
      ...place('warm'),
      ...(away.has('warm') ? listedTier('warm', receipts) : warmTier(await warmFiles(archive), receipts)),
    },
    cold: {
      ...place('cold'),
      ...(away.has('cold') ? listedTier('cold', receipts) : coldTier(await bundleFiles(archive), receipts)),
    },
  };
}

type Content = Omit<TierStatus, 'location' | 'away'>;

function warmTier(files: readonly SegmentFile[], receipts: readonly Receipt[]): Content {
  const known = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  const days = files.flatMap((file) => daysOf(known.get(file.segment), file)).sort();
  return { ...sizes(files), oldest: days[0] ?? null, newest: days.at(-1) ?? null };
}

function coldTier(files: readonly BundleFile[], receipts: readonly Receipt[]): Content {
  const months = new Set(files.map(({ month }) => month));
  const days = receipts
    .filter(({ state, tier, day }) => state === 'archived' && tier === 'cold' && months.has(day.slice(0, 7)))
    .flatMap(daysOfRows)
    .sort();
  return { ...sizes(files), oldest: days[0] ?? null, newest: days.at(-1) ?? null };
}

/** A tier as the ledger lists it: sizes without the heads and tables of contents of bundles. */
function listedTier(tier: 'warm' | 'cold', receipts: readonly Receipt[]): Content {
  const own = receipts.filter((one) => one.tier === tier && ['draining', 'archived'].includes(one.state));
  const files = new Set(own.map(({ segment }) => (tier === 'warm' ? segment : bundleOf(segment))));
  const days = own.flatMap(daysOfRows).sort();
  return {
    files: files.size,
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    oldest: days[0] ?? null,
    newest: days.at(-1) ?? null,
  };
}

/** A file without a receipt has only its name to tell. */
function daysOf(receipt: Receipt | undefined, { name }: SegmentFile): readonly Day[] {
  return receipt === undefined ? [name.day] : daysOfRows(receipt);
}

function sizes(files: readonly StoredFile[]): { files: number; bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}
