import { type ArchivePlan, sumOfKept, type TablePlan } from '../../model/policy/archive-plan.ts';
import { formatCount, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { visible } from '../terminal/visible.ts';
import { withoutTime } from './odd-times-text.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'RECORDS', align: 'right' },
  { title: 'KEPT', align: 'right' },
  { title: 'SPANS', align: 'right' },
  { title: 'FIRST' },
  { title: 'LAST' },
  { title: 'CUTOFF' },
];

const STEP_COLUMNS: readonly ColumnLayout[] = [
  { title: 'FROM' },
  { title: 'RECORDS', align: 'right' },
  { title: 'WHY' },
];

function planRow({ table, records, kept, steps, cutoffDate }: TablePlan): string[] {
  return [
    table,
    formatCount(records),
    formatCount(sumOfKept(kept)),
    steps.length === 0 ? '–' : formatCount(steps.length),
    steps[0]?.day ?? '–',
    steps.at(-1)?.day ?? '–',
    cutoffDate ?? '–',
  ];
}

/** What an archive run would do, for people; with every step and its reason when asked for. */
export function renderArchivePlan(
  plan: ArchivePlan,
  style: Style,
  { steps = false, width = 80 }: { readonly steps?: boolean; readonly width?: number } = {},
): string {
  const lines = [
    `${style.warning('DRY RUN')}: nothing is changed. ${style.faint(`As of ${plan.asOf}`)}`,
    '',
    style.heading('Archive Results:'),
    '',
    renderTable(COLUMNS, plan.tables.map(planRow), style, width),
  ];
  const notes = plan.tables.flatMap(noteOf);
  if (notes.length > 0) lines.push('', ...notes);
  if (steps) lines.push(...plan.tables.flatMap((table) => stepsOf(table, style, width)));
  lines.push('', style.heading(`Total: ${plan.total} records`));
  return lines.join('\n');
}

function noteOf(plan: TablePlan): string[] {
  const { table, status, message, kept, undated, oddTimes } = plan;
  const notes = status === 'due' || message === null ? [] : [message];
  if (kept.open > 0) notes.push(`${plural(kept.open, 'row')} kept: unfinished (open_while)`);
  if (kept.held > 0) notes.push(`${plural(kept.held, 'row')} kept: held`);
  if (kept.leased > 0) notes.push(`${plural(kept.leased, 'row')} kept: leased (restored temporarily)`);
  if (kept.rule > 0) notes.push(`${plural(kept.rule, 'row')} kept: hot_rules give a longer hot time`);
  if (kept.keepLast > 0) notes.push(`${plural(kept.keepLast, 'row')} kept: among the newest (keep_last)`);
  if (kept.lastId > 0) notes.push('1 row kept: it has the highest id, and SQLite would assign that id again');
  if ((kept.referenced ?? 0) > 0) {
    const example = referencedExample(plan);
    notes.push(
      `${plural(kept.referenced!, 'row')} kept: remaining rows refer to ${kept.referenced === 1 ? 'it' : 'them'}${example}`,
    );
  }
  if ((kept.withUnit ?? 0) > 0)
    notes.push(`${plural(kept.withUnit!, 'row')} kept: another row of the same unit stays`);
  notes.push(...withoutTime(undated, oddTimes));
  return notes.map((note) => `  ${table}: ${note}`);
}

function referencedExample({ example }: TablePlan): string {
  if (example === undefined || example === null) return '';
  return ` (such as ${visible(example.row)}, by ${example.table}.${example.columns.join(', ')})`;
}

function stepsOf({ table, steps }: TablePlan, style: Style, width: number): string[] {
  if (steps.length === 0) return [];
  const rows = steps.map(({ day, rows, reason }) => [day, formatCount(rows), reason]);
  return ['', `  ${style.name(table)}`, renderTable(STEP_COLUMNS, rows, style, width)];
}
