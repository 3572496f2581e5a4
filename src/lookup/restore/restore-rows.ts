import type { Footer } from '../../format/segment/segment.ts';
import type { InsertHow } from '../../hot/hot-rows.ts';
import type { RestoreTarget } from '../../hot/restore-target.ts';
import { FirnError, isNotThere, isUnreadableTable } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { TableShape } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import type { Stop } from '../../model/stop.ts';
import type { Places } from '../places/places.ts';
import { distinctProblems, emptyReport, type Problem, type SearchReport } from '../places/search-report.ts';
import type { ArchivedLines } from '../read/archived-lines.ts';
import { type Kin, NO_KIN } from '../read/kin.ts';
import type { Query } from '../read/query.ts';
import { relationsOf } from '../read/relations.ts';
import { type ColumnDrift, columnDrift } from './drift.ts';
import { type ParentCheck, parentCheck } from './parent-check.ts';
import { partsInOrder } from './parts-in-order.ts';

export interface RestoreOptions {
  /** Let archived rows take the place of rows of the same key that differ. */
  readonly overwrite?: boolean;
  /** Leave out values of columns that the target does not have. */
  readonly dropColumns?: boolean;
  /** Restore rows that belong to those that match, and rows that they belong to. */
  readonly kin?: Kin;
  /** Lease the rows until this instant (µs); for hot. */
  readonly leaseUntil?: Instant | null;
  /** Asked between two transactions: the reason to stop now, or null. What was restored stays; run again to go on. */
  readonly stop?: Stop;
  readonly onProgress?: (progress: {
    readonly table: string;
    readonly rows: number;
    readonly bytes: number;
  }) => void;
}

/** What became of the rows of one table. */
export interface RestoredTable {
  readonly table: string;
  inserted: number;
  /** Stood there already, cell for cell. */
  same: number;
  /** A row of that key stands there and differs: changed since, or a newer version of it was archived too. */
  kept: number;
  overwritten: number;
  refused: number;
  /** In the hot database: rows that belong to a row of another table which is not there. */
  withoutParent: number;
  /** Why rows were refused, and how many. */
  readonly refusals: Map<string, number>;
  /** Where segments and the target's table differ, column by column. */
  readonly drift: ColumnDrift[];
  /** Columns whose values the target stores as another type, and how many rows. */
  readonly converted: Map<string, number>;
}

export interface RestoreReport {
  readonly into: string;
  readonly tables: readonly RestoredTable[];
  readonly problems: Problem[];
  /** Tables that the target does not have or cannot take, and why: none of their rows was restored, or not all. */
  readonly failed: readonly { readonly table: string; readonly why: string }[];
  readonly notes: readonly string[];
  readonly search: SearchReport;
  /** Why it ended early; null when it did not. */
  readonly stopped: string | null;
}

/**
 * Copies archived rows that match, and their kin, parents before children, back into a database, with exact values; the archive keeps them. Safe to be killed and
 * run again: a row that stands there already is not inserted a second time. Of several versions of a row the one archived last wins.
 */
export async function restoreRows(
  places: Places,
  query: Query,
  target: RestoreTarget,
  options: RestoreOptions = {},
): Promise<RestoreReport> {
  const search = emptyReport();
  const tables = new Map<string, RestoredTable>();
  const failed = new Map<string, { table: string; why: string }>();
  const notes: string[] = [];
  let stopped: string | null = null;
  const relations = await relationsOf(places);
  const parentless = parentCheck(places, target, relations);
  const seen = new Map<string, number>();
  // The newest version comes first and stays; when present rows give way, it comes last.
  const how = { newestFirst: !options.overwrite, report: search };
  for await (const segment of partsInOrder(places, query, relations, options.kin ?? NO_KIN, how)) {
    const { table } = segment.footer;
    if (failed.has(places.dialect.foldName(table))) continue;
    try {
      stopped = await restoreLines(segment, target, options, tables, seen, parentless);
    } catch (error) {
      // One table that does not take its rows keeps no other from being restored.
      if (query.tables.length === 1 || !(isUnreadableTable(error) || isNotThere(error))) throw error;
      failed.set(places.dialect.foldName(table), { table, why: error.message });
    }
    if (stopped !== null) break;
  }
  notes.push(...(stopped === null && tables.size > 0 ? await target.finish() : []));
  return {
    into: target.name,
    tables: [...tables.values()],
    problems: distinctProblems(search.problems),
    failed: [...failed.values()],
    notes,
    search,
    stopped,
  };
}

async function restoreLines(
  segment: ArchivedLines,
  target: RestoreTarget,
  options: RestoreOptions,
  tables: Map<string, RestoredTable>,
  seen: Map<string, number>,
  parentless: ParentCheck,
): Promise<string | null> {
  const { table } = segment.footer;
  const prepared = await target.prepare(shapeOf(segment.footer));
  if (prepared === null) {
    throw new FirnError('not_found', `${target.name} has no table ${table}`, {
      operation: 'restore rows',
      path: table,
      hint: 'Restore into a separate file with --into FILE. Firn creates the table there.',
    });
  }
  const { shape, added } = prepared;
  const done = tables.get(shape.table) ?? newTable(shape.table);
  tables.set(shape.table, done);
  const own = shape.columns.filter(({ name }) => !added.includes(name));
  const drifts = columnDrift(segment.footer.columns, own, target.dialect);
  noteDrift(
    done,
    drifts.map((drift) =>
      added.some((name) => target.dialect.sameName(name, drift.column))
        ? { ...drift, drift: 'added' }
        : drift,
    ),
  );
  return await restoreSegment(segment, shape, target, options, done, seen, parentless);
}

async function restoreSegment(
  { ref, footer, lines }: ArchivedLines,
  shape: TableShape,
  target: RestoreTarget,
  options: RestoreOptions,
  done: RestoredTable,
  seen: Map<string, number>,
  parentless: ParentCheck,
): Promise<string | null> {
  const leaseUntil = options.leaseUntil ?? null;
  const how: InsertHow = {
    overwrite: options.overwrite ?? false,
    dropColumns: options.dropColumns ?? false,
    seen,
    timeColumn: footer.timeColumn,
    lease: leaseUntil === null ? null : { segment: ref.segment, until: leaseUntil },
  };
  let [rows, bytes] = [0, 0];
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const inserted = await target.insert(shape, batch, how);
    tally(done, inserted);
    const present = batch.filter((_, at) => typeof inserted.outcomes[at] === 'string');
    done.withoutParent += await parentless(shape.table, present);
    rows += batch.length;
    bytes += batchBytes;
    [batch, batchBytes] = [[], 0];
    options.onProgress?.({ table: shape.table, rows, bytes });
  };
  for await (const line of lines) {
    batch.push(line);
    batchBytes += line.length;
    if (batch.length < target.batchRows && batchBytes < sizes.restoredBytes) continue;
    await flush();
    const reason = options.stop?.() ?? null;
    if (reason !== null) return reason;
  }
  await flush();
  return options.stop?.() ?? null;
}

function tally(done: RestoredTable, inserted: Awaited<ReturnType<RestoreTarget['insert']>>): void {
  for (const outcome of inserted.outcomes) {
    if (typeof outcome === 'string') done[outcome]++;
    else {
      done.refused++;
      done.refusals.set(outcome.refused, (done.refusals.get(outcome.refused) ?? 0) + 1);
    }
  }
  for (const [column, rows] of inserted.converted)
    done.converted.set(column, (done.converted.get(column) ?? 0) + rows);
}

function shapeOf({ table, columns, primaryKey, ddl }: Footer): TableShape {
  return { table, columns, primaryKey, ddl };
}

/** The report of a restore that was stopped before it began. */
export function nothingRestored(into: string, stopped: string | null): RestoreReport {
  return { into, tables: [], problems: [], failed: [], notes: [], search: emptyReport(), stopped };
}

function newTable(table: string): RestoredTable {
  return {
    ...{ table, inserted: 0, same: 0, kept: 0, overwritten: 0, refused: 0, withoutParent: 0 },
    ...{ refusals: new Map(), drift: [], converted: new Map() },
  };
}

export function noteDrift(into: { readonly drift: ColumnDrift[] }, drifts: readonly ColumnDrift[]): void {
  for (const drift of drifts) {
    const known = into.drift.some(
      (other) =>
        other.column === drift.column && other.drift === drift.drift && other.archived === drift.archived,
    );
    if (!known) into.drift.push(drift);
  }
}
