import type { ArchiveStore } from '../../archive/archive-store.ts';
import { isAway } from '../../archive/away.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { bySegment, heirOf } from '../../hot/heirs.ts';
import type { Lease } from '../../hot/hot-rows.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { RETURNED, type Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { type Instant, msOf } from '../../model/instant.ts';
import { foldWord } from '../../model/names.ts';
import { datedShape } from '../../model/policy/dated-shape.ts';
import { familyOf } from '../../model/policy/families.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { TableShape } from '../../model/shape.ts';
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

/** What the end of leases works with. */
export interface LeaseEnding {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly policies: PolicySet;
  readonly now: Instant;
  readonly paced?: Paced;
}

/**
 * Ends the leases that are over: restored rows leave hot again, without a second copy; those of units together, or not at all. To be called after
 * reconciling, under the run lock. A segment that cannot be proven keeps its leases: nothing is deleted that it should hold.
 */
export async function endLeases(ending: LeaseEnding, stop: Stop = neverStop): Promise<LeaseEnd[]> {
  const { store, archive, now } = ending;
  const over = (await store.rows.leases()).filter(({ until }) => until <= now);
  if (over.length === 0) return [];
  const parts = await PartNumbers.of(store.ledger, archive);
  const ends = new Map<string, LeaseEnd>();
  for (const group of inFamilies(ending.policies, over)) {
    if (stop() !== null) break;
    const deleted = await endUnits(ending, group, (end) => ends.set(end.segment, end));
    for (const { table, segment } of group) {
      if (stop() !== null) break;
      if (ends.has(segment)) continue;
      const before = deleted.get(segment) ?? 0;
      try {
        const end = await endLeasesOf(ending, parts, table, segment);
        ends.set(segment, { table, segment, ...end, records: end.records + before, message: null });
      } catch (error) {
        ends.set(segment, { table, segment, records: before, changed: 0, other: 0, message: whyKept(error) });
      }
    }
  }
  return [...ends.values()];
}

/** The leases of each family together. */
function inFamilies(policies: PolicySet, leases: readonly Lease[]): Lease[][] {
  const groups = new Map<string, Lease[]>();
  for (const lease of leases) {
    const [root] = familyOf(policies, lease.table) as [string];
    groups.set(foldWord(root), [...(groups.get(foldWord(root)) ?? []), lease]);
  }
  return [...groups.values()];
}

/** Deletes the units whose leases are over as a whole; returns how many rows that were restored from each segment. */
async function endUnits(
  ending: LeaseEnding,
  leases: readonly Lease[],
  onFailure: (end: LeaseEnd) => void,
): Promise<ReadonlyMap<string, number>> {
  const { store, policies, now, paced = unpaced } = ending;
  const deleted = new Map<string, number>();
  const family = await shapesOf(store, policies, familyOf(policies, leases[0]!.table));
  // The tables do not fit the policies, or nothing belongs together.
  await store.rows.beginUnits(family);
  if (family.length === 0) return deleted;
  const fail = ({ table, segment }: Lease, message: string): void => {
    onFailure({ table, segment, records: deleted.get(segment) ?? 0, changed: 0, other: 0, message });
  };
  const unread: string[] = [];
  const noted = new Set<string>();
  for (const lease of leases) {
    const shape = family.find(({ table }) => store.dialect.sameName(table, lease.table));
    if (shape === undefined || noted.has(lease.segment)) continue;
    noted.add(lease.segment);
    try {
      await eachBatch(ending, lease.table, lease.segment, (lines, { timeColumn }) =>
        store.rows.noteUnits(shape, timeColumn, now, lines),
      );
    } catch (error) {
      unread.push(lease.segment);
      fail(lease, whyKept(error));
    }
  }
  try {
    for (let more = true; more; ) {
      const ended = await paced(
        () => store.rows.endUnits(now, unread, paced.rows(sizes.leaseEndRows)),
        ({ deleted: own }) => own.reduce((sum, { rows }) => sum + rows, 0),
      );
      for (const { segment, rows } of ended.deleted) deleted.set(segment, (deleted.get(segment) ?? 0) + rows);
      more = ended.more;
    }
  } catch (error) {
    const message = whyKept(error);
    for (const lease of leases) fail(lease, message);
  }
  return deleted;
}

/** The tables of a family that the database has; none when there is only one, or when they are not as the policies say. */
async function shapesOf(
  store: HotStore,
  policies: PolicySet,
  family: readonly string[],
): Promise<readonly TableShape[]> {
  if (family.length < 2) return [];
  try {
    const shapes: TableShape[] = [];
    for (const table of family)
      shapes.push(...[await datedShape(store, policies, table)].flatMap((own) => own ?? []));
    return shapes;
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'config') throw error;
    return [];
  }
}

/** Why the leases of a segment stay as they are, while others end; any other failure is thrown. */
function whyKept(error: unknown): string {
  if (!(error instanceof FirnError) || !(KEEPS_LEASES.has(error.code) || isAway(error))) throw error;
  return error.message;
}

type Batch = (lines: readonly Uint8Array[], footer: Footer, first: number) => Promise<unknown>;

/** Gives all lines of the segment that holds the rows of leases, once it is proven. Returns its receipt; null when it was purged. */
async function eachBatch(
  { store, archive, paced = unpaced }: LeaseEnding,
  table: string,
  segment: string,
  act: Batch,
): Promise<Receipt | null> {
  const heir = heirOf(bySegment(await store.ledger.receipts({ table })), segment);
  if (heir === null || heir.state === 'purged') return null;
  if (heir.state !== 'archived') throw unfinished(heir);
  await using stored = await openStored(archive, heir.segment, 'any');
  if (stored === null) throw missing(heir, 'it is neither in warm nor in its bundle');
  const footer = await provenFooter(stored.source, heir.segment);
  if (footer.digest !== heir.digest) throw missing(heir, 'it does not match its ledger entry');
  const lines = new LineCursor(await openSegment(stored.source, heir.segment));
  if ((await store.shape(table)) === null) {
    await refuseRenamed(store, footer, lines, 0, (like, some) => store.present(like, some));
    return heir;
  }
  const rows = (): number => paced.rows(sizes.leaseEndRows);
  for await (const { first, lines: batch } of lines.batches(0, footer.rows, rows))
    await act(batch, footer, first);
  return heir;
}

async function endLeasesOf(
  ending: LeaseEnding,
  parts: PartNumbers,
  table: string,
  segment: string,
): Promise<Pick<LeaseEnd, 'records' | 'changed' | 'other'>> {
  const { store, archive, now, paced = unpaced } = ending;
  const shape = await store.shape(table);
  let [records, other] = [0, 0];
  const changed = new Map<number, Uint8Array>();
  const receipt = await eachBatch(ending, table, segment, async (batch, { timeColumn }, first) => {
    const ended = await paced(
      () => store.rows.endLeases(shape!, timeColumn, now, batch),
      ({ deleted }) => deleted,
    );
    records += ended.deleted;
    other += ended.other;
    for (const at of ended.changed) changed.set(first + at, batch[at]!);
  });
  if (receipt !== null && changed.size > 0) {
    const asOf = new Date(msOf(now)).toISOString();
    await takeOutLines(store.ledger, archive, parts, receipt, new Set(changed.keys()), asOf, RETURNED);
    await store.rows.release(table, [...changed.values()]);
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
