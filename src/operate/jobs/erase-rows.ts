import { writeErasureOrder } from '../../archive/erasure-orders.ts';
import { ERASED, type Receipt } from '../../hot/ledger.ts';
import { holdInWords } from '../../lifecycle/archived/place-hold.ts';
import { takeOutLines } from '../../lifecycle/segments/erase-lines.ts';
import { PartNumbers } from '../../lifecycle/segments/part-numbers.ts';
import { timeSourceOf } from '../../lookup/places/age-column.ts';
import type { Places } from '../../lookup/places/places.ts';
import { emptyReport, type Problem, type SearchReport } from '../../lookup/places/search-report.ts';
import { archivedLines } from '../../lookup/read/archived-lines.ts';
import type { Query } from '../../lookup/read/query.ts';
import { search } from '../../lookup/search/search-tiers.ts';
import { FirnError, isUnreadableFile, isUnreadableTable } from '../../model/errors.ts';
import { sameName } from '../../model/names.ts';
import { sizes } from '../../model/sizes.ts';
import { type Orphans, orphansOf } from './erase-orphans.ts';
import { type RowRun, recordUnreadable, settledPlaces } from './row-run.ts';

/** Rows that are to be erased from one segment. */
export interface EraseStep {
  readonly segment: string;
  readonly table: string;
  readonly tier: 'warm' | 'cold';
  /** 0-based positions of its lines. */
  readonly positions: ReadonlySet<number>;
}

/** What an erasure will do, found without changing anything. */
export interface ErasePlan {
  readonly query: Query;
  readonly hot: readonly { readonly table: string; readonly rows: number }[];
  readonly segments: readonly EraseStep[];
  /** Rows that belong to rows which will be erased, and stay without them. */
  readonly orphans: readonly Orphans[];
  /** Segments that cannot be read: whether they hold such rows nobody can say. */
  readonly problems: Problem[];
  /** Tables whose database rows cannot be read: those rows are not erased. */
  readonly unread: SearchReport['unread'];
  /** Files in quarantine: they are not looked into. */
  readonly quarantined: number;
}

export interface EraseReport {
  readonly plan: ErasePlan;
  /** Rows erased from hot, and lines taken out of segments. */
  readonly hot: number;
  readonly warm: number;
  readonly cold: number;
  /** The segments that were rewritten, and what holds the rest of their rows; null where nothing was left. */
  readonly rewritten: readonly {
    readonly segment: string;
    readonly successor: string | null;
    readonly rows: number;
  }[];
  /** Segments, and tables of the database, that hold such rows still, and why. */
  readonly left: readonly { readonly segment: string; readonly why: string }[];
  /** What was done before, in words. */
  readonly notes: readonly string[];
}

/**
 * Finds what matches in every tier. Throws `refused` when a hold keeps one of the rows.
 * @param query must have a condition: nobody erases a table by leaving something out.
 */
export async function planErase(places: Places, query: Query): Promise<ErasePlan> {
  if (query.where.length === 0) {
    throw new FirnError('usage', 'at least one --where is required', { operation: 'erase rows' });
  }
  await refuseHeld(places, query);
  const counts = new Map<string, number>();
  const inHot = search(places, { ...query, tiers: new Set(['hot']) });
  for await (const { table } of inHot) counts.set(table, (counts.get(table) ?? 0) + 1);
  const hot = [...counts].map(([table, rows]) => ({ table, rows }));
  const report = emptyReport();
  const segments: EraseStep[] = [];
  for await (const { ref, tier, places: lines } of archivedLines(places, query, {
    ...{ newestFirst: false, report, evenUndrained: true, evenErased: true },
  })) {
    const positions = new Set<number>();
    for await (const { position } of lines) positions.add(position);
    if (positions.size > 0) segments.push({ segment: ref.segment, table: ref.table, tier, positions });
  }
  const quarantined = (await places.archive.list('quarantine')).filter(
    ({ path }) => !path.endsWith('.note.txt'),
  );
  const { unread } = inHot.report;
  const { problems } = report;
  const orphans = await orphansOf(places, query, problems);
  return { query, hot, segments, orphans, problems, unread, quarantined: quarantined.length };
}

/**
 * Erases matching rows from every tier. The order is written down first, so that a copy which turns up later (an old file,
 * an older database) does not bring them back. Safe to be killed and run again.
 */
export async function eraseRows(run: RowRun, query: Query): Promise<EraseReport> {
  const { store, archive, clock } = run;
  const { places, notes, paced } = await settledPlaces(run);
  const plan = await planErase(places, query);
  await recordUnreadable(run, plan.problems);
  const erasedAt = new Date(clock.now()).toISOString();
  const { where, since, until } = query;
  const tables = new Set([...plan.hot.map(({ table }) => table), ...plan.segments.map(({ table }) => table)]);
  for (const table of tables) {
    const order = { table, where, since, until, erasedAt };
    // In the archive first: the database may be put back to a state before the order.
    await writeErasureOrder(archive, order);
    await store.rows.recordErasure({ ...order, rows: 0 });
  }
  const done = { hot: 0, warm: 0, cold: 0 };
  const rowsOf = new Map<string, number>();
  const count = (table: string, tier: keyof typeof done, rows: number): void => {
    done[tier] += rows;
    rowsOf.set(table, (rowsOf.get(table) ?? 0) + rows);
  };
  const left: { segment: string; why: string }[] = [];
  for (const { table } of plan.hot) {
    const shape = await store.shape(table);
    if (shape === null) continue;
    const time = await timeSourceOf(places, table);
    const { erasedRows: batch } = sizes;
    try {
      for (let erased = batch; erased === batch; ) {
        erased = await paced(
          () => store.rows.erase(shape, { where, since, until }, time, batch),
          (rows) => rows,
        );
        count(table, 'hot', erased);
      }
    } catch (error) {
      // One table that does not let its rows go keeps no other from being erased.
      if (!isUnreadableTable(error)) throw error;
      left.push({ segment: table, why: error.message });
    }
  }
  const rewritten: { segment: string; successor: string | null; rows: number }[] = [];
  const parts = await PartNumbers.of(store.ledger, archive);
  for (const { segment, table, tier, positions } of plan.segments) {
    const receipt = await store.ledger.receipt(segment);
    if (receipt === null || receipt.state !== 'archived') {
      left.push({ segment, why: `its ledger entry is ${receipt?.state ?? 'missing'}. Run firn verify.` });
      continue;
    }
    let successor: Receipt | null;
    try {
      successor = await takeOutLines(store.ledger, archive, parts, receipt, positions, erasedAt, ERASED);
    } catch (error) {
      // What was erased so far is erased: the report must say so.
      if (!isUnreadableFile(error)) throw error;
      left.push({ segment, why: error.message });
      await recordUnreadable(run, [{ segment }]);
      continue;
    }
    rewritten.push({ segment, successor: successor?.segment ?? null, rows: positions.size });
    count(table, tier, positions.size);
  }
  for (const [table, rows] of rowsOf)
    await store.rows.recordErasure({ table, where, since, until, erasedAt, rows });
  return { plan, ...done, rewritten, left, notes };
}

async function refuseHeld(places: Places, query: Query): Promise<void> {
  for (const hold of (await places.hot?.reader.ledger.holds()) ?? []) {
    const tables = query.tables.filter((table) => sameName(table, hold.table));
    if (tables.length === 0) continue;
    const where = [...query.where, ...hold.conditions];
    const held = search(places, { ...query, tables, where, limit: 1 }, { anyColumn: true });
    for await (const _ of held) {
      throw new FirnError(
        'refused',
        `hold ${hold.id} matches some of these rows of ${hold.table} (${holdInWords(hold)}): ${hold.reason}`,
        {
          operation: 'erase rows',
          path: hold.table,
          hint: `Nothing was erased. Remove the hold first with: firn hold remove ${hold.id}`,
        },
      );
    }
  }
}
