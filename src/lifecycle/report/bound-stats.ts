import type { TableStats } from '../../hot/hot-stats.ts';
import type { BoundSurvey } from '../../hot/hot-store.ts';
import { asInstant, startOfDay } from '../../model/instant.ts';

/** The figures of a table that is bound to others, with what keeps its rows. The time of the first due row is that of its day. */
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
