import type { ArchiveStore } from '../archive/archive-store.ts';
import { openStored } from '../archive/stored-segment.ts';
import { provenFooter } from '../format/prove.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { HotStore } from '../hot/hot-store.ts';
import type { Ledger, Receipt } from '../hot/ledger.ts';
import { FirnError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import { sizes } from '../model/sizes.ts';
import { PartNumbers } from './catalog.ts';
import { takeOutLines } from './erase.ts';
import { LineCursor } from './line-cursor.ts';

/** What became of rows whose lease was over. */
export interface LeaseEnd {
  readonly segment: string;
  readonly table: string;
  /** Unchanged rows: deleted from hot, as their segment holds them. */
  readonly records: number;
  /** Rows that changed since: ordinary hot rows now, and their old lines are out of the archive. */
  readonly changed: number;
  /** Why the leases had to stay; null when all is done. */
  readonly message: string | null;
}

/** For a report's warnings. */
export function leaseEndInWords({ table, segment, records, changed, message }: LeaseEnd): string {
  if (message !== null) return `${table}: the leases of rows restored from ${segment} stay: ${message}`;
  const stay = changed === 0 ? '' : `; ${changed} changed meanwhile and are ordinary rows now`;
  return `${table}: ${records} restored rows left again, as their lease was over (${segment} holds them)${stay}`;
}

/**
 * Ends the leases that are over: restored rows leave hot again, without a second copy. To be called after reconciling,
 * under the run lock. A segment that cannot be proven keeps its leases: nothing is deleted that it should hold.
 */
export async function endLeases(
  store: HotStore,
  archive: ArchiveStore,
  now: Instant,
  stop: () => string | null = () => null,
): Promise<LeaseEnd[]> {
  const over = (await store.rows.leases()).filter(({ until }) => until <= now);
  if (over.length === 0) return [];
  const parts = await PartNumbers.of(store.ledger, archive);
  const ends: LeaseEnd[] = [];
  for (const { table, segment } of over) {
    if (stop() !== null) break;
    if (ends.some((end) => end.segment === segment)) continue;
    try {
      ends.push({
        table,
        segment,
        ...(await endLeasesOf(store, archive, parts, table, segment, now)),
        message: null,
      });
    } catch (error) {
      if (!(error instanceof FirnError) || (error.code !== 'integrity' && error.code !== 'refused'))
        throw error;
      ends.push({ table, segment, records: 0, changed: 0, message: error.message });
    }
  }
  return ends;
}

async function endLeasesOf(
  store: HotStore,
  archive: ArchiveStore,
  parts: PartNumbers,
  table: string,
  segment: string,
  now: Instant,
): Promise<Pick<LeaseEnd, 'records' | 'changed'>> {
  const receipt = await heirOf(store.ledger, segment);
  const shape = await store.shape(table);
  let records = 0;
  const changed = new Map<number, Uint8Array>();
  if (receipt !== null && shape !== null) {
    await using stored = await openStored(archive, receipt.segment, receipt.tier);
    if (stored === null) throw missing(receipt);
    const { rows, archivedAt } = await provenFooter(stored.source, receipt.segment);
    const lines = new LineCursor(await openSegment(stored.source, receipt.segment));
    for (let first = 0; first < rows; first += sizes.leaseEndRows) {
      const batch = await lines.at(first, Math.min(sizes.leaseEndRows, rows - first));
      const settled = await store.rows.settle(shape, archivedAt, now, batch);
      records += settled.deleted;
      for (const at of settled.changed) changed.set(first + at, batch[at]!);
    }
    if (changed.size > 0) {
      const asOf = new Date(now / 1000).toISOString();
      await takeOutLines(store.ledger, archive, parts, receipt, new Set(changed.keys()), asOf);
      await store.rows.release(table, [...changed.values()]);
    }
  }
  // Leases of rows that others deleted, or whose lines are in no segment any more.
  await store.rows.releaseSegment(table, segment, now);
  await store.checkpoint();
  return { records, changed: changed.size };
}

/** The segment that holds a segment's rows now; null when none does. */
async function heirOf(ledger: Ledger, segment: string): Promise<Receipt | null> {
  let receipt = await ledger.receipt(segment);
  while (receipt?.state === 'replaced' && receipt.replacedBy !== null)
    receipt = await ledger.receipt(receipt.replacedBy);
  return receipt?.state === 'archived' ? receipt : null;
}

function missing({ segment, tier }: Receipt): FirnError {
  return new FirnError('integrity', `it is not in ${tier}, where its receipt says it is`, {
    operation: 'end the leases of its rows',
    path: segment,
    hint: 'See: firn verify',
  });
}
