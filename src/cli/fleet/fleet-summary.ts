import type { FirnError } from '../../model/errors.ts';
import { formatCount, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import type { DatabaseEntry, EntryState } from './database-entry.ts';
import { columnName } from './database-names.ts';

/** Lines of the table; more are in the JSON. */
const MOST_LINES = 40;

/** A line of the table: a database that did not end well, or that something was done with. */
interface TallyLine {
  readonly name: string;
  readonly state: EntryState;
  readonly exitCode: number;
  readonly message: string;
  readonly isWorse: boolean;
}

/** What became of all databases: counts, and lines of those that are worth one. */
export interface Tally {
  readonly counts: Record<EntryState, number>;
  readonly statuses: Set<number>;
  readonly lines: TallyLine[];
  readonly problems: readonly FirnError[];
  add(name: string, entry: DatabaseEntry): void;
}

export function tallyOf(problems: readonly FirnError[]): Tally {
  const counts = { done: 0, idle: 0, failed: 0, not_reached: 0 };
  const statuses = new Set<number>();
  const lines: TallyLine[] = [];
  return {
    ...{ counts, statuses, lines, problems },
    add: (name, { state, exitCode, error, message, needsAttention = false }) => {
      counts[state]++;
      statuses.add(exitCode);
      const said = error?.message ?? message;
      if (exitCode !== 0 || said !== undefined)
        lines.push({ name, state, exitCode, message: said ?? '', isWorse: exitCode !== 0 || needsAttention });
    },
  };
}

export function summaryJson({ counts }: Tally): object {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { databases: total, ...counts };
}

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'DATABASE' },
  { title: 'STATE' },
  { title: 'EXIT', align: 'right' },
  { title: '' },
];

/** The end of a report on several databases: how many of which kind, and a line for each that is worth one. */
export function renderSummary({ counts, lines, problems }: Tally, style: Style, width?: number): string {
  const { done, idle, failed, not_reached } = counts;
  const parts = [
    `${formatCount(done)} done`,
    ...(idle === 0 ? [] : [`${formatCount(idle)} idle`]),
    ...(failed === 0 ? [] : [style.bad(`${formatCount(failed)} failed`)]),
    ...(not_reached === 0 ? [] : [style.warning(`${formatCount(not_reached)} not reached`)]),
    ...(problems.length === 0 ? [] : [style.bad(plural(problems.length, 'problem'))]),
  ];
  const total = `${style.heading(plural(done + idle + failed + not_reached, 'database'))}: ${parts.join(', ')}`;
  if (lines.length === 0) return total;
  const worstFirst = lines.toSorted((a, b) => Number(b.isWorse) - Number(a.isWorse));
  const rows = worstFirst
    .slice(0, MOST_LINES)
    .map(({ name, state, exitCode, message }) => [
      columnName(name),
      state.replace('_', ' '),
      String(exitCode),
      message,
    ]);
  const more = lines.length > MOST_LINES ? `\n  … and ${formatCount(lines.length - MOST_LINES)} more` : '';
  return `${renderTable(COLUMNS, rows, style, width)}${more}\n\n${total}`;
}
