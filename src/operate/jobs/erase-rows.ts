import { writeErasureOrder } from '../../archive/erasure-orders.ts';
import { ERASED } from '../../hot/ledger.ts';
import { keepLake } from '../../lake/keep/keep-lake.ts';
import { leaveSegments } from '../../lake/keep/leave-files.ts';
import { keepIndex } from '../../lifecycle/archived/keep-index.ts';
import { recordKept } from '../../lifecycle/reconcile/keep-alarms.ts';
import { takeOutLines } from '../../lifecycle/segments/erase-lines.ts';
import type { Paced } from '../../lifecycle/segments/paced.ts';
import { PartNumbers } from '../../lifecycle/segments/part-numbers.ts';
import type { Rewritten } from '../../lifecycle/segments/rewrite.ts';
import { timeSourceOf } from '../../lookup/places/age-column.ts';
import type { Places } from '../../lookup/places/places.ts';
import type { Query } from '../../lookup/read/query.ts';
import { relationsOf } from '../../lookup/read/relations.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { type ErasureOrder, filterOf } from '../../model/erasure.ts';
import { isUnreadableFile, isUnreadableTable } from '../../model/errors.ts';
import type { Reference } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { neverStop, type Stop, stopIfTold, unlessStopped } from '../../model/stop.ts';
import { type EraseOptions, type ErasePlan, type EraseStep, planErase } from './erase-plan.ts';
import { placesAfterLeases, type RowRun, recordUnreadable } from './row-run.ts';

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
  /** Why it ended before all rows were erased; null when it did not. */
  readonly stopped: string | null;
}

/**
 * Erases matching rows from every tier, children before the rows that they belong to. The orders are written down first, so that a copy which
 * turns up later (an old file, an older database) does not bring them back. Safe to be killed or stopped, and run again.
 */
export async function eraseRows(run: RowRun, query: Query, options: EraseOptions = {}): Promise<EraseReport> {
  const { store, archive, clock } = run;
  const { stop = neverStop } = options;
  const begun = await unlessStopped(stop, async () => {
    const ready = await placesAfterLeases(run, stop);
    const plan = await planErase(ready.places, query, options);
    stopIfTold(stop, { operation: 'erase rows' });
    return { ...ready, plan };
  });
  if (begun === null) return nothingErased(query, stop());
  const { places, notes, paced, plan } = begun;
  await recordUnreadable(run, plan.problems);
  const erasedAt = new Date(clock.now()).toISOString();
  const orders = ordersOf(plan, erasedAt, store.dialect);
  // Before the orders hide the rows: nobody looks for them in the lake. What cannot be read may have such rows too.
  await leaveSegments({ ledger: store.ledger, archive }, [...plan.segments, ...plan.problems]);
  // In the archive first: the database may be put back to a state before the order.
  for (const order of orders) await writeErasureOrder(archive, order);
  // Parents first: orders that are in the archive alone are carried out by the next run, and those of children must be among them.
  for (const order of orders.toReversed()) await store.rows.recordErasure({ ...order, rows: 0 });
  const eraser = new Eraser(
    run,
    places,
    paced,
    erasedAt,
    options.withChildren ? await relationsOf(places) : [],
    stop,
  );
  const parts = await PartNumbers.of(store.ledger, archive);
  for (const table of new Set(orders.map((order) => order.table))) {
    if (eraser.mustStay(table)) continue;
    await eraser.eraseHot(orders.filter((order) => order.table === table));
    for (const step of plan.segments.filter((one) => store.dialect.sameName(one.table, table)))
      await eraser.eraseLines(step, parts);
  }
  // Rows that somebody inserted before their parents were gone.
  await eraser.eraseHot(orders.filter(({ among, table }) => among !== undefined && !eraser.mustStay(table)));
  const { done, rowsOf, rewritten, left, stopped } = eraser;
  for (const order of orders) {
    await store.rows.recordErasure({ ...order, rows: rowsOf.get(order.table) ?? 0 });
    rowsOf.delete(order.table);
  }
  const lake = await keepLake(run, stop);
  const unwritten = await keepIndex({ ledger: store.ledger, archive }, stop);
  return { plan, ...done, rewritten, left, notes: [...notes, ...lake, ...unwritten], stopped };
}

function nothingErased(query: Query, stopped: string | null): EraseReport {
  const plan = {
    query,
    parts: [],
    hot: [],
    segments: [],
    orphans: [],
    problems: [],
    unread: [],
    quarantined: 0,
  };
  return { plan, hot: 0, warm: 0, cold: 0, rewritten: [], left: [], notes: [], stopped };
}

/** One for each query of a table of which rows were found, children first. Long lists of values are divided. */
function ordersOf(
  { parts, hot, segments }: ErasePlan,
  erasedAt: string,
  dialect: Dialect,
): readonly ErasureOrder[] {
  const found = [...hot, ...segments].map(({ table }) => table);
  return parts.flatMap(({ tables, where, since, until, among }): ErasureOrder[] => {
    const [table] = tables as [string];
    if (among === null && !found.some((name) => dialect.sameName(name, table))) return [];
    const order = { table, where, since, until, erasedAt };
    if (among === null) return [order];
    const values = [...among.values];
    const lists = Math.ceil(values.length / sizes.listedValues);
    return Array.from({ length: lists }, (_, at) => ({
      ...order,
      among: {
        column: among.column,
        values: new Set(values.slice(at * sizes.listedValues, (at + 1) * sizes.listedValues)),
      },
    }));
  });
}

/** Erases rows, and notes what it did and could not do. */
class Eraser {
  readonly done = { hot: 0, warm: 0, cold: 0 };
  readonly rowsOf = new Map<string, number>();
  readonly rewritten: { segment: string; successor: string | null; rows: number }[] = [];
  readonly left: { segment: string; why: string }[] = [];
  /** Tables of which rows were left. */
  readonly #incomplete = new Set<string>();
  readonly #run: RowRun;
  readonly #places: Places;
  readonly #paced: Paced;
  readonly #erasedAt: string;
  readonly #relations: readonly Reference[];
  readonly #stop: Stop;
  /** Why rows were left that nothing else keeps. */
  stopped: string | null = null;

  /** @param relations by which rows are erased together. */
  constructor(
    run: RowRun,
    places: Places,
    paced: Paced,
    erasedAt: string,
    relations: readonly Reference[],
    stop: Stop,
  ) {
    [this.#run, this.#places, this.#paced] = [run, places, paced];
    [this.#erasedAt, this.#relations, this.#stop] = [erasedAt, relations, stop];
  }

  /** To be asked before each transaction. */
  #isStopped(): boolean {
    this.stopped ??= this.#stop();
    return this.stopped !== null;
  }

  /** True when rows that belong to rows of this table were left: they are found by those, when the erasure is given again. */
  mustStay(table: string): boolean {
    if (this.#incomplete.has(table)) return true;
    const children = this.#relations.filter(({ parent }) => this.#places.dialect.sameName(parent, table));
    const left = children.find((child) => this.mustStay(child.table));
    if (left === undefined) return false;
    this.#leave(table, table, `rows of ${left.table} that belong to its rows were not erased`);
    return true;
  }

  /** One table that does not let its rows go keeps no other from being erased, but those that its rows belong to. */
  async eraseHot(orders: readonly ErasureOrder[]): Promise<void> {
    const { store } = this.#run;
    for (const order of orders) {
      const { table } = order;
      const shape = await store.shape(table);
      if (shape === null) continue;
      const time = await timeSourceOf(this.#places, table);
      try {
        for (let erased = 1; erased > 0 && !this.#isStopped(); ) {
          const most = this.#paced.rows(sizes.erasedRows);
          erased = await this.#paced(
            () => store.rows.erase(shape, filterOf(order), time, most),
            (rows) => rows,
          );
          this.#count(table, 'hot', erased);
        }
      } catch (error) {
        if (!isUnreadableTable(error)) throw error;
        this.#leave(table, table, error.message);
      }
    }
  }

  async eraseLines({ segment, table, tier, positions }: EraseStep, parts: PartNumbers): Promise<void> {
    if (this.#isStopped()) return;
    const { store, archive } = this.#run;
    const receipt = await store.ledger.receipt(segment);
    if (receipt === null || receipt.state !== 'archived') {
      const state = receipt?.state ?? 'missing';
      return this.#leave(table, segment, `its ledger entry is ${state}. Run firn verify.`);
    }
    let rewritten: Rewritten;
    try {
      rewritten = await takeOutLines(
        ...([store.ledger, archive, parts, receipt, positions, this.#erasedAt, ERASED] as const),
      );
    } catch (error) {
      // What was erased so far is erased: the report must say so.
      if (!isUnreadableFile(error)) throw error;
      this.#leave(table, segment, error.message);
      return await recordUnreadable(this.#run, [{ segment }]);
    }
    const { successor, kept } = rewritten;
    this.rewritten.push({ segment, successor: successor?.segment ?? null, rows: positions.size });
    this.#count(table, tier, positions.size);
    if (kept === null) return;
    // Nothing is read from the bytes any more, but they are there.
    this.left.push({ segment, why: kept.message });
    await recordKept({ ledger: store.ledger, clock: this.#run.clock }, kept.kept);
  }

  #count(table: string, tier: keyof Eraser['done'], rows: number): void {
    this.done[tier] += rows;
    this.rowsOf.set(table, (this.rowsOf.get(table) ?? 0) + rows);
  }

  #leave(table: string, segment: string, why: string): void {
    this.#incomplete.add(table);
    this.left.push({ segment, why });
  }
}
