import Table from 'cli-table3';
import { type Figure, meets } from './benchmark.ts';

export const HEAD = ['what', 'measured', 'baseline', 'ratio', 'rounds', 'target', ''] as const;

/** One line for each figure, as text for people. */
export function cells(figure: Figure): string[] {
  const { name, measured, yardstick, ratio, spread, target } = figure;
  const met = meets(figure);
  return [
    name,
    measured,
    yardstick,
    ratio.toFixed(2),
    spread === undefined ? '' : `${spread[0].toFixed(2)}–${spread[1].toFixed(2)}`,
    'atMost' in target ? `≤ ${target.atMost}` : 'atLeast' in target ? `≥ ${target.atLeast}` : '',
    met === null ? '' : met ? 'met' : 'MISSED',
  ];
}

export function drawTable(figures: readonly Figure[]): string {
  const table = new Table({ head: [...HEAD], style: { head: [], border: [] } });
  for (const figure of figures) table.push(cells(figure));
  return table.toString();
}
