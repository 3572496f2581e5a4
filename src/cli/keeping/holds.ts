import { holdInWords } from '../../lifecycle/archived/place-hold.ts';
import type { Hold } from '../../model/filter.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** What is held, for people. */
export function renderHolds(holds: readonly Hold[], style: Style, width?: number): string {
  if (holds.length === 0) return 'No holds.';
  const rows = holds.map((hold) => [
    String(hold.id),
    hold.table,
    holdInWords(hold),
    hold.createdAt.slice(0, 10),
    hold.reason,
  ]);
  const columns = [
    { title: 'ID', align: 'right' as const },
    ...['TABLE', 'ROWS WHERE', 'SINCE', 'REASON'].map((title) => ({ title })),
  ];
  return renderTable(columns, rows, style, width);
}
