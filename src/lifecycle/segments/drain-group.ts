import type { DrainUnit, LinesTogether, Together } from '../../hot/hot-store.ts';
import type { Reference, TableShape } from '../../model/shape.ts';
import { stopIfTold } from '../../model/stop.ts';
import { type Counts, type DrainContext, rest } from './drain-segment.ts';
import type { LineCursor } from './line-cursor.ts';

/** A sealed segment of a group: its units say of which range they are. */
export interface GroupSource {
  readonly segment: string;
  readonly archivedAt: string;
  readonly shape: TableShape;
  readonly lines: LineCursor;
  readonly units: readonly DrainUnit[];
  /** The unit of each row. */
  readonly unitOf: BigInt64Array<ArrayBuffer>;
  /** Told after each transaction what became of its lines. */
  readonly onDrained: (counts: Counts) => void;
}

/** What is drained of one segment in one transaction. */
interface Slice {
  readonly source: GroupSource;
  readonly units: readonly DrainUnit[];
}

/**
 * Deletes the rows of a group of sealed segments, range by range of units: what belongs together leaves in one transaction. Where a range reads
 * differently, each of its units is judged by itself. Throws `interrupted` between two transactions when told to stop.
 * @param sources parents before their children; they are deleted the other way round.
 */
export async function drainGroup(
  context: Omit<DrainContext, 'onDrained'>,
  sources: readonly GroupSource[],
  ties: readonly Reference[],
  since: number,
): Promise<void> {
  const { store, pacer } = context;
  const next = sources.map(() => 0);
  for (;;) {
    stopIfTold(context.stop, {
      operation: 'drain the segments',
      path: sources[0]!.segment,
      hint: 'Nothing is lost. The next run archives the rows that are left.',
    });
    const slices = sliceOf(sources, next, pacer.rows);
    if (slices.length === 0) return;
    const drained = await store.drainTogether(slices.map(together), ties, since);
    if (drained.agreed) {
      const rows = rowsOf(slices);
      for (const { source, units } of slices) source.onDrained({ ...NOTHING, deleted: count(units) });
      await rest(context, rows, drained.heldMs, drained.comparedMs);
    } else {
      for (const range of rangesOf(slices)) await judgeRange(context, range, ties);
    }
    for (const { source, units } of slices) next[sources.indexOf(source)]! += units.length;
  }
}

const NOTHING = { deleted: 0, changed: 0, absent: 0, lastId: 0 };

/** Whole ranges, at least one, of about so many rows. */
function sliceOf(sources: readonly GroupSource[], next: readonly number[], rows: number): Slice[] {
  const taken = sources.map(() => 0);
  const ahead = (at: number): DrainUnit | undefined => sources[at]!.units[next[at]! + taken[at]!];
  for (let total = 0; total < rows; ) {
    const ranges = sources.flatMap((_, at) => ahead(at)?.range ?? []);
    if (ranges.length === 0) break;
    const range = Math.min(...ranges);
    let own = 0;
    for (const at of sources.keys()) {
      for (let unit = ahead(at); unit?.range === range; unit = ahead(at)) {
        own += unit.rows;
        taken[at]!++;
      }
    }
    total += own;
  }
  return sources
    .map((source, at) => ({ source, units: source.units.slice(next[at]!, next[at]! + taken[at]!) }))
    .filter(({ units }) => units.length > 0)
    .reverse();
}

/** The slices of each range by itself. */
function* rangesOf(slices: readonly Slice[]): Generator<readonly Slice[]> {
  const ranges = new Set(slices.flatMap(({ units }) => units.map(({ range }) => range!)));
  for (const range of [...ranges].sort((a, b) => a - b)) {
    yield slices
      .map(({ source, units }) => ({ source, units: units.filter((unit) => unit.range === range) }))
      .filter(({ units }) => units.length > 0);
  }
}

async function judgeRange(
  context: Omit<DrainContext, 'onDrained'>,
  slices: readonly Slice[],
  ties: readonly Reference[],
): Promise<void> {
  const parts: LinesTogether[] = [];
  for (const { source, units } of slices) {
    const [first, rows] = [units[0]!.first, count(units)];
    const { segment, archivedAt, shape, unitOf } = source;
    const lines = await source.lines.at(first, rows);
    parts.push({ segment, archivedAt, shape, first, lines, units: unitOf.subarray(first, first + rows) });
  }
  const drained = await context.store.drainUnitsTogether(parts, ties);
  for (const [at, { deleted, changed, absent, lastId }] of drained.entries())
    slices[at]!.source.onDrained({ deleted, changed: changed.length, absent, lastId: lastId.length });
  await rest(context, rowsOf(slices), drained[0]!.heldMs);
}

function together({ source: { shape, segment, archivedAt }, units }: Slice): Together {
  return { shape, segment, archivedAt, units };
}

function rowsOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, { units }) => sum + count(units), 0);
}

function count(units: readonly DrainUnit[]): number {
  return units.reduce((sum, { rows }) => sum + rows, 0);
}
