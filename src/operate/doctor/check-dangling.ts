import type { HotCheckup } from '../../hot/hot-checkup.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { planRun } from '../../lifecycle/archive/archive-run.ts';
import type { Clock } from '../../model/clock.ts';
import { sameWord } from '../../model/names.ts';
import type { TablePlan } from '../../model/policy/archive-plan.ts';
import { wholeFamilies } from '../../model/policy/families.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { formatCount, plural } from '../amounts.ts';
import { EXAMINED_ROWS, type ManagedReference } from './check-references.ts';
import { type Finding, found } from './findings/finding.ts';

/** What the next run would leave dangling; `tables` is null where the tables are too large for a plan. */
export interface NextRun {
  readonly parents: readonly string[];
  readonly tables: readonly TablePlan[] | null;
}

/** Plans the tables that are referred to and whose rows leave all the same, if together with the rest of their families they are not too large. */
export async function lookAtNextRun(
  policies: PolicySet,
  reader: HotReader,
  checkup: HotCheckup,
  references: readonly ManagedReference[],
  now: number,
): Promise<NextRun> {
  const ignored = references.filter(
    ({ kind, count }) =>
      kind === 'ignore' && count !== null && typeof count === 'object' && count.referring > 0,
  );
  const parents = [...new Set(ignored.map(({ reference }) => reference.parent))];
  const targets = wholeFamilies(policies, parents);
  let rows = 0;
  for (const table of targets) {
    const shape = await reader.shape(table).catch(() => null);
    if (shape !== null) rows += (await checkup.size(shape)).rows;
  }
  if (rows > EXAMINED_ROWS) return { parents, tables: null };
  const clock: Pick<Clock, 'now'> = { now: () => now };
  return { parents, tables: (await planRun(reader, clock, policies, targets)).tables };
}

export function judgeNextRun({ parents, tables }: NextRun): readonly Finding[] {
  return parents.flatMap((parent): Finding[] => {
    const note = (message: string, command?: readonly string[]): Finding[] => [
      found('references', 'note', message, {
        subject: parent,
        ...(command === undefined ? {} : { command }),
      }),
    ];
    if (tables === null) {
      const message = `how many references would dangle after the next run is not counted: more than ${formatCount(EXAMINED_ROWS)} rows`;
      return note(message, ['archive', parent, '--dry-run']);
    }
    const dangling = tables.find(({ table }) => sameWord(table, parent))?.dangling;
    if (dangling === undefined || (dangling.rows === 0 && dangling.isExact)) return [];
    const many = `${dangling.isExact ? '' : 'at least '}${plural(dangling.rows, 'reference')}`;
    return note(`${many} to its rows would dangle after the next run (references: ignore)`);
  });
}
