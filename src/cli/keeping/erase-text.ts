import { eraseCounts } from '../../library/answers/keeping/erase-answer.ts';
import type { ErasePlan } from '../../operate/jobs/erase-plan.ts';
import type { EraseReport } from '../../operate/jobs/erase-rows.ts';
import { plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** What would be erased, and where it is. */
export function renderErasePlan(plan: ErasePlan, style: Style, width: number): string {
  const rows = [
    ...plan.hot.map(({ table, rows: count }) => [table, 'hot', '', String(count)]),
    ...plan.segments.map(({ table, tier, segment, positions }) => [
      table,
      tier,
      segment,
      String(positions.size),
    ]),
  ];
  if (rows.length === 0) {
    const unread = plan.problems.length + plan.unread.length;
    return unread === 0
      ? 'No matching rows in any tier.'
      : `No matching rows found; ${plural(unread, 'segment or table', 'segments or tables')} could not be read.`;
  }
  const columns = [
    { title: 'table' },
    { title: 'tier' },
    { title: 'segment' },
    { title: 'rows', align: 'right' as const },
  ];
  return [
    style.heading('DRY RUN: what would be erased'),
    '',
    renderTable(columns, rows, style, width),
    '',
    total(eraseCounts(plan)),
    ...plan.orphans.map(orphansInWords),
  ].join('\n');
}

/** Rows that stay without the rows that they belong to. */
export function orphansInWords({ table, rows }: ErasePlan['orphans'][number]): string {
  return `${table}: ${plural(rows, 'row')} that belong to these rows are not erased and stay as orphans. Pass --with-children to erase them too.`;
}

/** What was erased where. */
export function renderEraseReport(report: EraseReport, style: Style): string {
  const { left, plan, stopped } = report;
  const incomplete = left.length + plan.problems.length > 0 || stopped !== null;
  return [
    style.heading(incomplete ? 'Partly erased' : 'Erased'),
    ...report.rewritten.map(({ segment, successor, rows }) =>
      successor === null
        ? `  ${segment}: ${plural(rows, 'row')}, the whole segment`
        : `  ${segment}: ${plural(rows, 'row')}; the other rows are now in ${successor}`,
    ),
    total(report),
    ...(stopped === null ? [] : [`Stopped: ${stopped}. Run the command again to erase the other rows.`]),
  ].join('\n');
}

function total({ hot, warm, cold }: { hot: number; warm: number; cold: number }): string {
  return `Total: ${plural(hot + warm + cold, 'row')} (${hot} hot, ${warm} warm, ${cold} cold)`;
}
