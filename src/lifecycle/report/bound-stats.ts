import type { TableStats } from '../../hot/hot-stats.ts';
import type { BoundSurvey, HotReader } from '../../hot/hot-store.ts';
import { asInstant, startOfDay } from '../../model/instant.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { TableShape } from '../../model/shape.ts';
import { bindTables, type Ready } from '../archive/bound-tables.ts';

/** What tables that are bound to others have to give, exactly: no row of them can be judged alone. */
export async function surveyBoundTables(
  reader: Pick<HotReader, 'references' | 'surveyBound'>,
  policies: PolicySet,
  ready: readonly Ready[],
): Promise<ReadonlyMap<TableShape, BoundSurvey>> {
  const matters = ready.some(
    ({ shape, rule }) => shape.timeOf !== undefined || rule.policy.references === 'keep',
  );
  if (!matters) return new Map();
  const bound = bindTables(policies, ready, await reader.references());
  if (bound.tables.length === 0) return new Map();
  const surveys = await reader.surveyBound(bound);
  return new Map(bound.tables.map(({ shape }, at) => [shape, surveys[at]!]));
}

/** The figures of such a table, with what keeps its rows. The time of the first due row is that of its day. */
export function boundStats(stats: TableStats, survey: BoundSurvey): TableStats {
  const due = survey.days.reduce((sum, { rows }) => sum + rows, 0);
  const { referenced, withUnit, orphans } = survey.bound;
  const first = survey.days[0]?.day;
  const firstDue =
    first === undefined ? null : asInstant(Math.max(startOfDay(first), stats.firstDue ?? startOfDay(first)));
  return {
    ...stats,
    ...{ open: survey.open, held: survey.held, leased: survey.leased, lastId: survey.lastId },
    ...{ due, firstDue, undated: survey.undated, referenced, withUnit, orphans },
    bounds: stats.bounds === null ? null : { ...stats.bounds, due: { atLeast: due, atMost: due } },
  };
}
