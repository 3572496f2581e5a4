import type { WhatIf } from '../../lifecycle/report/what-if.ts';
import type { Effect, Move, TableChange } from '../../lifecycle/report/what-if-plan.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Policy } from '../../model/policy/policy.ts';
import { formatBytes, formatCount } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: '' },
  { title: 'POLICY' },
  { title: 'MOVE' },
  { title: 'ROWS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'FIRST' },
];

/** What a changed policy would do, for people. */
export function renderWhatIf({ asOf, tables, warnings }: WhatIf, style: Style, width?: number): string {
  const lines = [`${style.warning('DRY RUN')}: nothing is changed. ${style.faint(`As of ${asOf}`)}`];
  for (const change of tables) {
    lines.push('', style.heading(change.table), renderTable(COLUMNS, rowsOf(change), style, width));
  }
  if (warnings.length > 0) lines.push('', ...warnings.map((text) => `  ${style.warning(text)}`));
  return lines.join('\n');
}

function rowsOf({ present, changed }: TableChange): string[][] {
  const same = JSON.stringify(present) === JSON.stringify(changed);
  return same
    ? effectRows('current', present)
    : [...effectRows('current', present), ...effectRows('new', changed)];
}

function effectRows(when: string, effect: Effect | null): string[][] {
  if (effect === null) return [[when, 'no policy', 'kept forever', '', '', '']];
  const moves: [string, Move][] = [
    ['to warm', effect.archive],
    ['to cold', effect.consolidate],
    ['purged', effect.purge],
  ];
  return moves.map(([move, { rows, bytes, first }], at) => [
    at === 0 ? when : '',
    at === 0 ? spans(effect.policy) : '',
    move,
    `${isEstimate(effect) && at === 0 ? '~' : ''}${formatCount(rows)}`,
    bytes === null ? '–' : formatBytes(bytes),
    first?.slice(0, 10) ?? '–',
  ]);
}

function isEstimate({ dueBound }: Effect): boolean {
  return dueBound !== null && dueBound.atLeast !== dueBound.atMost;
}

function spans({ hotMs, warmMs, coldMs }: Policy): string {
  return [hotMs, warmMs, coldMs].map(formatDuration).join(' + ');
}
