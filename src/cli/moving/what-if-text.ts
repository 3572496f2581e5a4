import type { WhatIf } from '../../lifecycle/report/what-if.ts';
import type { Effect, Move, TableChange } from '../../lifecycle/report/what-if-plan.ts';
import { DAY_MS, formatDuration } from '../../model/duration.ts';
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

/** The same for `--json`. */
export function whatIfJson({ asOf, tables, unreadable, warnings }: WhatIf): object {
  return {
    command: 'plan',
    dry_run: true,
    as_of: asOf,
    tables: tables.map(({ table, present, changed }) => ({
      table,
      present: effectJson(present),
      changed: effectJson(changed),
    })),
    unreadable,
    warnings,
  };
}

function effectJson(effect: Effect | null): object | null {
  if (effect === null) return null;
  const { policy, archive, consolidate, purge, estimated, dueBound, forecasts } = effect;
  const moveJson = ({ rows, bytes, first }: Move): object => ({ records: rows, bytes, first });
  return {
    policy: {
      hot_days: policy.hotMs / DAY_MS,
      warm_days: policy.warmMs / DAY_MS,
      cold_days: policy.coldMs / DAY_MS,
    },
    archive: moveJson(archive),
    consolidate: moveJson(consolidate),
    purge: moveJson(purge),
    estimated,
    due_bound: dueBound === null ? null : { at_least: dueBound.atLeast, at_most: dueBound.atMost },
    forecasts,
  };
}
