import { oneAhead } from '../../copying/one-ahead.ts';
import { FirnError } from '../../model/errors.ts';
import type { Day } from '../../model/instant.ts';
import { foldWord, sameWord } from '../../model/names.ts';
import type { ArchivePlan, TablePlan } from '../../model/policy/archive-plan.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { TableShape } from '../../model/shape.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { drainUnits, spanOf } from '../segments/drain-segment.ts';
import { LineCursor } from '../segments/line-cursor.ts';
import { archiveGroup } from './archive-group.ts';
import { type ArchiveReport, plannedReport, type TableReport } from './archive-report.ts';
import { blockedReport, blockedTables } from './blocked.ts';
import { countingInto, finishCounted } from './finish-counted.ts';
import type { ArchiveRun, Total } from './run-context.ts';
import { type Sealed, sealing } from './sealing.ts';
import { dueRule } from './survey-tables.ts';
import { TableTally } from './table-tally.ts';

/**
 * Carries out a plan, table by table. A table that fails does not keep the others from going on; its report says why.
 * The survey behind the plan must have been made by the same copier.
 */
export async function archiveTables(
  run: ArchiveRun,
  plan: ArchivePlan,
  reconciled: readonly Reconciled[],
): Promise<ArchiveReport> {
  const reports = new Map<string, TableReport>();
  const total = { rows: 0, totalRows: plan.total, rawBytes: 0 };
  const blocked = blockedTables(reconciled);
  for (const group of plan.groups ?? []) {
    const members = group.map((name) => plan.tables.find(({ table }) => sameWord(table, name))!);
    const why = group.flatMap((name) => blocked.get(foldWord(name)) ?? [])[0];
    for (const report of why === undefined
      ? await archiveGroup(run, plan, members, total)
      : members.map((member) => blockedReport(member, why)))
      reports.set(report.table, report);
  }
  for (const table of plan.tables) {
    if (reports.has(table.table)) continue;
    const why = blocked.get(foldWord(table.table));
    if (why !== undefined) reports.set(table.table, blockedReport(table, why));
    else if (table.status === 'due') reports.set(table.table, await archiveTable(run, plan, table, total));
    else reports.set(table.table, plannedReport(table));
  }
  const tables = plan.tables.map(({ table }) => reports.get(table)!);
  const { asOf, warnings } = plan;
  const records = tables.reduce((sum, { records }) => sum + records, 0);
  return { command: 'archive', dryRun: false, asOf, total: records, tables, warnings, reconciled };
}

async function archiveTable(
  run: ArchiveRun,
  plan: ArchivePlan,
  table: TablePlan,
  total: Total,
): Promise<TableReport> {
  const began = run.clock.monotonic();
  const tally = new TableTally(table);
  let failure: FirnError | null = null;
  try {
    const rule = dueRule(run.due, getPolicy(run.due.policies, table.table)!);
    const shape = await run.store.shape(table.table);
    if (shape === null) throw gone(table.table);
    const days = table.steps.map(({ day }) => day);
    const nextPart = (day: Day): Promise<number> => run.parts.reserve(shape.table, day);
    const copies = run.copier.copy({ shape, rule, days, archivedAt: plan.asOf, nextPart });
    const sealed = sealing(run, copies);
    // Far away each request takes long: one segment is published while the one before it drains.
    const { isRemote } = run.archive.capabilities;
    for await (const segment of isRemote ? oneAhead(sealed, dispose) : sealed) {
      await drainSealed(run, shape, segment, tally, total);
    }
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    failure = error;
  }
  return tally.report(failure, run.clock.monotonic() - began);
}

/** Others renamed or dropped it since the plan was made. */
export function gone(table: string): FirnError {
  return new FirnError('not_found', 'the table does not exist any more', {
    operation: 'archive the table',
    path: table,
  });
}

async function dispose(sealed: Sealed): Promise<void> {
  await sealed[Symbol.asyncDispose]();
}

async function drainSealed(
  run: ArchiveRun,
  shape: TableShape,
  sealed: Sealed,
  tally: TableTally,
  total: Total,
): Promise<void> {
  await using open = sealed;
  const { store, clock, pacer } = run;
  const { receipt, units } = open.copy;
  const { segment, archivedAt, rows } = receipt;
  tally.sealed(receipt);
  const onDrained = countingInto(run, receipt, tally, total);
  const lines = new LineCursor(open.reader);
  await drainUnits(
    { store, clock, pacer, stop: run.stop, onDrained },
    { segment, archivedAt, shape, lines, rows, span: spanOf(open.reader.footer) },
    units,
  );
  await finishCounted(run, segment, tally);
}
