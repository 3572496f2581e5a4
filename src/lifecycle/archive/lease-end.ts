import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { bySegment, heirOf } from '../../hot/heirs.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { RETURNED, type Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { type Instant, msOf } from '../../model/instant.ts';
import { sizes } from '../../model/sizes.ts';
import { neverStop, type Stop } from '../../model/stop.ts';
import { takeOutLines } from '../segments/erase-lines.ts';
import { LineCursor } from '../segments/line-cursor.ts';
import { type Paced, unpaced } from '../segments/paced.ts';
import { PartNumbers } from '../segments/part-numbers.ts';
import { refuseRenamed } from '../segments/renamed-table.ts';

/** What became of rows whose lease was over. */
export interface LeaseEnd {
  readonly segment: string;
  readonly table: string;
  /** Unchanged rows: deleted from hot, as their segment holds them. */
  readonly records: number;
  /** Rows that changed since, or have the greatest id: ordinary hot rows now, and their old lines are out of the archive. */
  readonly changed: number;
  /** Archived rows in whose place another row is in hot, or may be: both are kept. */
  readonly other: number;
  /** Why the leases had to stay; null when all is done. */
  readonly message: string | null;
}

/** For a report's warnings. */
export function leaseEndInWords({ table, segment, records, changed, other, message }: LeaseEnd): string {
  if (message !== null) return `${table}: cannot end the leases of rows restored from ${segment}: ${message}`;
  const parts = [
    `${table}: leases ended: ${records} restored rows deleted from the database (archived in ${segment})`,
  ];
  if (changed > 0) parts.push(`${changed} rows changed, or have the highest id, and stay in the database`);
  if (other > 0) {
    parts.push(
      `${other} archived rows have the same key or rowid as a database row with other values; both are kept`,
    );
  }
  return parts.join('; ');
}

/** Failures of one segment that leave its leases as they are, and the others to go on. */
const KEEPS_LEASES: ReadonlySet<string> = new Set(['integrity', 'refused', 'database']);

/**
 * Ends the leases that are over: restored rows leave hot again, without a second copy. To be called after reconciling,
 * under the run lock. A segment that cannot be proven keeps its leases: nothing is deleted that it should hold.
 */
export async function endLeases(
  store: HotStore,
  archive: ArchiveStore,
  now: Instant,
  stop: Stop = neverStop,
  paced: Paced = unpaced,
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
        ...(await endLeasesOf(store, archive, parts, table, segment, now, paced)),
        message: null,
      });
    } catch (error) {
      if (!(error instanceof FirnError) || !KEEPS_LEASES.has(error.code)) throw error;
      ends.push({ table, segment, records: 0, changed: 0, other: 0, message: error.message });
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
  paced: Paced,
): Promise<Pick<LeaseEnd, 'records' | 'changed' | 'other'>> {
  const heir = heirOf(bySegment(await store.ledger.receipts({ table })), segment);
  const receipt = heir?.state === 'purged' ? null : heir;
  const shape = await store.shape(table);
  let [records, other] = [0, 0];
  const changed = new Map<number, Uint8Array>();
  if (receipt !== null) {
    if (receipt.state !== 'archived') throw unfinished(receipt);
    await using stored = await openStored(archive, receipt.segment, 'any');
    if (stored === null) throw missing(receipt, 'it is neither in warm nor in its bundle');
    const footer = await provenFooter(stored.source, receipt.segment);
    const { rows, timeColumn, digest } = footer;
    if (digest !== receipt.digest) throw missing(receipt, 'it does not match its ledger entry');
    const lines = new LineCursor(await openSegment(stored.source, receipt.segment));
    if (shape === null)
      await refuseRenamed(store, footer, lines, 0, (like, some) => store.present(like, some));
    const most = sizes.leaseEndRows;
    for (let first = 0; shape !== null && first < rows; first += most) {
      const batch = await lines.at(first, Math.min(most, rows - first));
      const settled = await paced(
        () => store.rows.settle(shape, timeColumn, now, batch),
        ({ deleted }) => deleted,
      );
      records += settled.deleted;
      other += settled.other;
      for (const at of settled.changed) changed.set(first + at, batch[at]!);
    }
    if (changed.size > 0) {
      const asOf = new Date(msOf(now)).toISOString();
      await takeOutLines(store.ledger, archive, parts, receipt, new Set(changed.keys()), asOf, RETURNED);
      await store.rows.release(table, [...changed.values()]);
    }
  }
  // Leases of rows that others deleted, or whose lines are in no segment any more.
  await store.rows.releaseSegment(table, segment, now);
  await store.checkpoint();
  return { records, changed: changed.size, other };
}

function unfinished({ segment, state }: Receipt): FirnError {
  return new FirnError('refused', `its segment is ${state}; an earlier run did not complete it`, {
    operation: 'end the leases of its rows',
    path: segment,
    hint: 'See: firn verify',
  });
}

function missing({ segment }: Receipt, why: string): FirnError {
  return new FirnError('integrity', why, {
    operation: 'end the leases of its rows',
    path: segment,
    hint: 'See: firn verify',
  });
}
