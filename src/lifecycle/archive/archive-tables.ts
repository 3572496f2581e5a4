import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { Copier, ProvenCopy } from '../../copying/copier.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { warmPath } from '../../format/segment-names.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError, inWords } from '../../model/errors.ts';
import type { Day } from '../../model/instant.ts';
import { foldName } from '../../model/names.ts';
import type { ArchivePlan, TablePlan } from '../../model/policy/archive-plan.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { TableShape } from '../../model/shape.ts';
import { type Stop, stopIfTold } from '../../model/stop.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { type Counts, drainUnits, spanOf } from '../segments/drain-segment.ts';
import { finishSegment } from '../segments/finish.ts';
import { LineCursor } from '../segments/line-cursor.ts';
import type { Pacer } from '../segments/pacer.ts';
import type { PartNumbers } from '../segments/part-numbers.ts';
import { type ArchiveReport, plannedReport, type TableReport } from './archive-report.ts';
import { blockedReport, blockedTables } from './blocked.ts';
import { type DueContext, dueRule } from './survey-tables.ts';

/** Told after each transaction, for people who watch. */
export interface Progress {
  readonly table: string;
  readonly day: string;
  /** Rows done and planned, of all tables of the run. */
  readonly rows: number;
  readonly totalRows: number;
  /** Text of the rows done, in bytes. */
  readonly rawBytes: number;
}

/** What a run works with. */
export interface ArchiveRun {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly copier: Copier;
  readonly clock: Clock;
  readonly pacer: Pacer;
  readonly parts: PartNumbers;
  readonly due: DueContext;
  /** Asked between two transactions and two segments: the reason to stop now, or null. */
  readonly stop: Stop;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Carries out a plan, table by table. A table that fails does not keep the others from going on; its report says why.
 * The survey behind the plan must have been made by the same copier.
 */
export async function archiveTables(
  run: ArchiveRun,
  plan: ArchivePlan,
  reconciled: readonly Reconciled[],
): Promise<ArchiveReport> {
  const tables: TableReport[] = [];
  const total = { rows: 0, totalRows: plan.total, rawBytes: 0 };
  const blocked = blockedTables(reconciled);
  for (const table of plan.tables) {
    const why = blocked.get(foldName(table.table));
    if (why !== undefined) tables.push(blockedReport(table, why));
    else if (table.status === 'due') tables.push(await archiveTable(run, plan, table, total));
    else tables.push(plannedReport(table));
  }
  const { asOf, warnings } = plan;
  const records = tables.reduce((sum, { records }) => sum + records, 0);
  return { command: 'archive', dryRun: false, asOf, total: records, tables, warnings, reconciled };
}

interface Tally {
  records: number;
  changed: number;
  lastId: number;
  bytes: number;
  rawBytes: number;
  readonly files: string[];
}

async function archiveTable(
  run: ArchiveRun,
  plan: ArchivePlan,
  table: TablePlan,
  total: { rows: number; totalRows: number; rawBytes: number },
): Promise<TableReport> {
  const began = run.clock.monotonic();
  const tally: Tally = { records: 0, changed: 0, lastId: 0, bytes: 0, rawBytes: 0, files: [] };
  let status: TableReport['status'] = 'archived';
  let message: string | undefined;
  try {
    const rule = dueRule(run.due, getPolicy(run.due.policies, table.table)!);
    const shape = await run.store.shape(table.table);
    if (shape === null) throw gone(table.table);
    const days = table.steps.map(({ day }) => day);
    const nextPart = (day: Day): Promise<number> => run.parts.reserve(shape.table, day);
    for await (const copy of run.copier.copy({ shape, rule, days, archivedAt: plan.asOf, nextPart })) {
      await sealAndDrain(run, shape, copy, tally, total);
    }
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    status = error.code === 'interrupted' ? 'partial' : tally.records > 0 ? 'partial' : 'error';
    // The report names the table already.
    const where = error.path === undefined || error.path === table.table ? '' : `${error.path}: `;
    message = `${where}${inWords(error)}`;
  }
  return {
    ...plannedReport(table),
    status,
    records: tally.records,
    kept: { changed: tally.changed, ...table.kept, lastId: table.kept.lastId + tally.lastId },
    archiveFiles: tally.files,
    bytes: tally.bytes,
    rawBytes: tally.rawBytes,
    durationMs: Math.round(run.clock.monotonic() - began),
    ...(message === undefined ? {} : { message }),
  };
}

/** Others renamed or dropped it since the plan was made. */
function gone(table: string): FirnError {
  return new FirnError('not_found', 'the table does not exist any more', {
    operation: 'archive the table',
    path: table,
  });
}

async function sealAndDrain(
  run: ArchiveRun,
  shape: TableShape,
  copy: ProvenCopy,
  tally: Tally,
  total: { rows: number; totalRows: number; rawBytes: number },
): Promise<void> {
  const { store, archive, clock, pacer, parts } = run;
  const { receipt } = copy;
  const { segment, archivedAt, rows } = receipt;
  const path = warmPath(segment);
  try {
    stopIfTold(run.stop, { operation: 'archive the table', path: receipt.table });
    await store.ledger.insert([receipt]);
    await copy.publish();
  } catch (error) {
    await copy.abandon();
    throw error;
  }
  tally.files.push(path);
  tally.bytes += receipt.bytes;
  tally.rawBytes += receipt.rawBytes;
  await using file = await archive.open(path);
  const reader = await openSegment(file, segment);
  const lines = new LineCursor(reader);
  // Counted here, not in the ledger, which may be locked by then.
  const onDrained = ({ deleted, changed, absent, lastId }: Counts): void => {
    tally.records += deleted;
    tally.changed += changed - lastId;
    tally.lastId += lastId;
    const done = deleted + changed + absent;
    total.rows += done;
    total.rawBytes += (receipt.rawBytes * done) / rows;
    run.onProgress({ table: receipt.table, day: receipt.day, ...total });
  };
  await drainUnits(
    { store, clock, pacer, stop: run.stop, onDrained },
    { segment, archivedAt, shape, lines, rows, span: spanOf(reader.footer) },
    copy.units,
  );
  await finishSegment(store.ledger, archive, parts, segment);
}
