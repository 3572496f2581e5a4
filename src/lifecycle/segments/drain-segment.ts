import { setImmediate } from 'node:timers/promises';
import type { Footer } from '../../format/segment/segment.ts';
import type { Drained, DrainUnit, HotStore, TimeSpan } from '../../hot/hot-store.ts';
import type { Clock } from '../../model/clock.ts';
import type { ErrorDetails } from '../../model/errors.ts';
import type { Milliseconds } from '../../model/instant.ts';
import type { TableShape } from '../../model/shape.ts';
import { type Stop, stopIfTold } from '../../model/stop.ts';
import type { LineCursor } from './line-cursor.ts';
import type { Pacer } from './pacer.ts';

/** What a drain works with, and what may stop it between two transactions. */
export interface DrainContext {
  readonly store: HotStore;
  readonly clock: Clock;
  readonly pacer: Pacer;
  /** Asked between two transactions: the reason to stop now, or null. */
  readonly stop: Stop;
  /** Told after each transaction what became of its lines. */
  readonly onDrained: (drained: Counts) => void;
}

/** Lines whose rows were deleted, had changed, or were gone. */
export interface Counts {
  readonly deleted: number;
  readonly changed: number;
  readonly absent: number;
  /** Of the changed ones, those that only stay because they have the greatest id. */
  readonly lastId: number;
}

/** The sealed segment that is drained, and where its rows were. */
export interface DrainSource {
  readonly segment: string;
  readonly archivedAt: string;
  readonly shape: TableShape;
  readonly lines: LineCursor;
  readonly rows: number;
  /** Where rows that moved are looked for. */
  readonly span: TimeSpan;
}

/** The times of a segment's rows. */
export function spanOf({ timeColumn, timeFormat, minTime, maxTime }: Footer): TimeSpan {
  return { column: timeColumn, format: timeFormat, least: minTime, greatest: maxTime };
}

/**
 * Deletes the rows of a sealed, proven segment from the hot store, in short transactions, as far as they still read as
 * its lines say. Throws `interrupted` between two transactions when told to stop: the receipt says how far it came.
 */
export async function drainUnits(
  context: DrainContext,
  source: DrainSource,
  units: readonly DrainUnit[],
): Promise<void> {
  const { store, pacer } = context;
  const { shape, segment, archivedAt, span } = source;
  const search = { span, inRun: true };
  for (let done = 0; done < units.length; ) {
    stopIfTold(context.stop, draining(segment));
    let [end, rows] = [done, 0];
    do rows += units[end++]!.rows;
    while (end < units.length && rows + units[end]!.rows <= pacer.rows);
    const result = await store.drain(shape, segment, archivedAt, units.slice(done, end));
    await tellAndRest(context, result, result.comparedMs);
    done += result.handled;
    if (done < end) {
      const disputed = units[done++]!;
      const lines = await source.lines.at(disputed.first, disputed.rows);
      await tellAndRest(
        context,
        await store.drainLines(shape, segment, archivedAt, disputed.first, lines, search),
      );
    }
  }
}

/** The same from the file alone, from line `position` on: for a drain that an earlier run began, or never began. */
export async function drainFile(context: DrainContext, source: DrainSource, position: number): Promise<void> {
  const { shape, segment, archivedAt, rows: total, span } = source;
  const search = { span, inRun: false };
  for (let first = position; first < total; ) {
    stopIfTold(context.stop, draining(segment));
    const lines = await source.lines.at(first, Math.min(context.pacer.rows, total - first));
    await tellAndRest(
      context,
      await context.store.drainLines(shape, segment, archivedAt, first, lines, search),
    );
    first += lines.length;
  }
}

/** @param comparedMs see `rest`. */
async function tellAndRest(context: DrainContext, result: Drained, comparedMs = 0): Promise<void> {
  const rows = result.deleted + result.changed.length + result.absent;
  await rest(context, rows, result.heldMs, comparedMs);
  const { deleted, changed, absent, lastId } = result;
  context.onDrained({ deleted, changed: changed.length, absent, lastId: lastId.length });
}

/**
 * Lets others write after a transaction.
 * @param comparedMs how long the next transaction will take before it needs the lock: that is part of the rest.
 */
export async function rest(
  { store, clock, pacer }: Pick<DrainContext, 'store' | 'clock' | 'pacer'>,
  rows: number,
  heldMs: Milliseconds,
  comparedMs = 0,
): Promise<void> {
  const rest = pacer.after(rows, heldMs, await store.othersWrote());
  const began = clock.monotonic();
  await store.checkpoint();
  // While pages are moved others may write.
  const left = rest - comparedMs - (clock.monotonic() - began);
  if (left > 0) await clock.sleep(left);
  // SQLite never yields, so without this a signal or a timer would wait for the whole segment.
  else await setImmediate();
}

function draining(segment: string): ErrorDetails {
  return {
    operation: 'drain the segment',
    path: segment,
    hint: 'Nothing is lost. The next run continues where this run stopped.',
  };
}
