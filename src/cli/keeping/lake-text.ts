import type { LakeStanding } from '../../library/work/runs/lake-runs.ts';
import { formatBytes, formatCount } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';

/** How the lake stands, for people. */
export function renderLake({ lake, tables }: LakeStanding, style: Style, width?: number): string {
  const off = lake ? [] : ['The lake is off: lake: true in the configuration file turns it on.'];
  if (tables.length === 0) return [...off, 'No archived rows.'].join('\n');
  if (!lake && tables.every(({ files }) => files === 0)) return off.join('\n');
  const columns = [
    { title: 'TABLE' },
    ...['ARCHIVED ROWS', 'IN THE LAKE', 'FILES', 'SIZE'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = tables.map((table) => [
    table.table,
    formatCount(table.rows),
    formatCount(table.rowsInLake),
    formatCount(table.files),
    formatBytes(table.bytes),
  ]);
  return [...off, renderTable(columns, rows, style, width)].join('\n');
}
