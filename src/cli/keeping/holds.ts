import type { HeldRows } from '../../library/work/rows/held-rows.ts';
import { holdInWords } from '../../lifecycle/archived/place-hold.ts';
import { TIERS } from '../../lookup/read/query.ts';
import type { Hold } from '../../model/filter.ts';
import { formatCount } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** What is held, for people. */
export function renderHolds(
  holds: readonly Hold[],
  counted: ReadonlyMap<number, HeldRows> | null,
  style: Style,
  width?: number,
): string {
  if (holds.length === 0) return 'No holds.';
  const rows = holds.map((hold) => [
    String(hold.id),
    hold.table,
    holdInWords(hold),
    hold.createdAt.slice(0, 10),
    ...(counted === null ? [] : [rowsInWords(counted.get(hold.id))]),
    hold.reason,
  ]);
  const columns = [
    { title: 'ID', align: 'right' as const },
    ...['TABLE', 'ROWS WHERE', 'SINCE', ...(counted === null ? [] : ['KEPT']), 'REASON'].map((title) => ({
      title,
    })),
  ];
  return renderTable(columns, rows, style, width);
}

/** A lower bound is marked. */
function rowsInWords(counted: HeldRows | undefined): string {
  if (counted === undefined) return '';
  const total = TIERS.reduce((sum, tier) => sum + counted[tier], 0);
  return `${counted.exact ? '' : 'at least '}${formatCount(total)}`;
}
