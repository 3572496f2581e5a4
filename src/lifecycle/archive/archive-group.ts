import type { GroupCopy } from '../../copying/copier.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { warmPath } from '../../format/segment-names.ts';
import { FirnError } from '../../model/errors.ts';
import type { Day } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import type { ArchivePlan, TablePlan } from '../../model/policy/archive-plan.ts';
import { belongingOf } from '../../model/policy/dated-shape.ts';
import type { Reference } from '../../model/shape.ts';
import { stopIfTold } from '../../model/stop.ts';
import { drainGroup, type GroupSource } from '../segments/drain-group.ts';
import { LineCursor } from '../segments/line-cursor.ts';
import type { TableReport } from './archive-report.ts';
import { plannedReport } from './archive-report.ts';
import type { Ready } from './bound-tables.ts';
import { countingInto, finishCounted } from './finish-counted.ts';
import type { ArchiveRun, Total } from './run-context.ts';
import { TableTally } from './table-tally.ts';

/**
 * Archives the tables of one family, so that each unit leaves in one transaction: the segments of some units, of all tables, are sealed, and
 * then drained together.
 * @param plans parents before their children.
 */
export async function archiveGroup(
  run: ArchiveRun,
  plan: ArchivePlan,
  plans: readonly TablePlan[],
  total: Total,
): Promise<readonly TableReport[]> {
  if (plans.every(({ status }) => status !== 'due')) return plans.map(plannedReport);
  const began = run.clock.monotonic();
  const tallies = plans.map((table) => new TableTally(table));
  let failure: FirnError | null = null;
  try {
    const members = plans.map(
      ({ table }) => run.bound.tables.find(({ shape }) => sameWord(shape.table, table))!,
    );
    const ties = tiesOf(run, plans);
    const task = {
      ...{ members, days: daysOf(run, plans, members), archivedAt: plan.asOf },
      nextPart: (table: string, day: Day): Promise<number> => run.parts.reserve(table, day),
    };
    for await (const { copies } of run.copier.copyGroups(task)) {
      const sources = copies.map((copy) => {
        const at = plans.findIndex(({ table }) => sameWord(table, copy.receipt.table));
        return { copy, shape: members[at]!.shape, tally: tallies[at]! };
      });
      await sealAndDrain(run, sources, ties, total);
    }
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    failure = error;
  }
  // The time of all of them, by what each of them wrote.
  const durationMs = run.clock.monotonic() - began;
  const written = tallies.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  return tallies.map((tally) =>
    tally.report(failure, written === 0 ? 0 : (durationMs * tally.rawBytes) / written),
  );
}

/** Days of all members, in the order in which their units are drained. */
function daysOf({ bound }: ArchiveRun, plans: readonly TablePlan[], members: readonly Ready[]): Day[] {
  const days = [...new Set(plans.flatMap(({ steps }) => steps.map(({ day }) => day)))].sort();
  const isNewestFirst = members.some(({ shape }) => {
    const survey = bound.surveys.get(shape)!;
    return !('error' in survey) && survey.bound.order === 'newest';
  });
  return isNewestFirst ? days.reverse() : days;
}

/** The foreign keys that may not dangle when rows of these tables are deleted. */
function tiesOf({ bound }: ArchiveRun, plans: readonly TablePlan[]): Reference[] {
  const own = bound.tables.filter(({ shape }) => plans.some(({ table }) => sameWord(table, shape.table)));
  return [
    ...own.flatMap(({ shape }) => belongingOf(shape) ?? []),
    ...bound.references.filter(({ parent }) => own.some(({ shape }) => sameWord(shape.table, parent))),
  ];
}

interface Source {
  readonly copy: GroupCopy;
  readonly shape: GroupSource['shape'];
  readonly tally: TableTally;
}

async function sealAndDrain(
  run: ArchiveRun,
  sources: readonly Source[],
  ties: readonly Reference[],
  total: Total,
): Promise<void> {
  const { store, archive, clock, pacer, stop } = run;
  const receipts = sources.map(({ copy }) => copy.receipt);
  const tables = [...new Set(receipts.map(({ table }) => table))].join(', ');
  try {
    stopIfTold(stop, { operation: 'archive the tables', path: tables });
    await store.ledger.insert(receipts, 'together');
    for (const { copy } of sources) await copy.publish();
  } catch (error) {
    for (const { copy } of sources) await copy.abandon();
    throw error;
  }
  await using opened = new AsyncDisposableStack();
  const group: GroupSource[] = [];
  for (const { copy, shape, tally } of sources) {
    const { receipt, units, unitOf } = copy;
    tally.sealed(receipt);
    const file = opened.use(await archive.open(warmPath(receipt.segment)));
    const lines = new LineCursor(await openSegment(file, receipt.segment));
    const onDrained = countingInto(run, receipt, tally, total);
    const { segment, archivedAt } = receipt;
    group.push({ segment, archivedAt, shape, lines, units, unitOf, onDrained });
  }
  await drainGroup({ store, clock, pacer, stop }, group, ties, run.since);
  for (const { copy, tally } of sources) await finishCounted(run, copy.receipt.segment, tally);
}
