import { formatDuration } from '../../model/duration.ts';
import type { Origins } from '../../model/policy/config.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { spanOfPolicy, totalMs } from '../../model/policy/thresholds.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'GROUP' },
  { title: 'HOT', align: 'right' },
  { title: 'WARM', align: 'right' },
  { title: 'COLD', align: 'right' },
  { title: 'TOTAL', align: 'right' },
  { title: 'TIME COLUMN' },
];

/** Who is kept where for how long, for people. `origins` says where each policy was set. */
export function renderPolicies(
  { policies, exempt }: PolicySet,
  { file, tables: places }: Pick<Origins, 'file' | 'tables'>,
  style: Style,
  width?: number,
): string {
  const all = [...policies.values()];
  const rows = all.map((policy) => [
    policy.table,
    policy.group ?? '–',
    formatDuration(policy.hotMs),
    formatDuration(policy.warmMs),
    formatDuration(policy.coldMs),
    formatDuration(totalMs(policy)),
    policy.timeFormat === undefined ? policy.timeColumn : `${policy.timeColumn} (${policy.timeFormat})`,
  ]);
  const lines = [style.heading('Retention Policies'), ...sourceLines(all, file, places).map(style.faint), ''];
  if (all.length === 0) lines.push('No table has a policy. Proposals: firn init --print');
  else lines.push(renderTable(COLUMNS, rows, style, width));
  const open = all.filter(({ openWhile }) => openWhile !== null);
  if (open.length > 0) {
    lines.push('', 'Unfinished rows (open_while) stay hot, at most for hot + warm or as noted:');
    lines.push(
      ...open.map(({ table, openWhile, openUntil }) => {
        return `  ${table}: ${openWhile}${openUntil === 'never' ? ' (without an end)' : ''}`;
      }),
    );
  }
  const ruled = all.filter(({ hotRules, keepLast }) => hotRules !== undefined || keepLast !== undefined);
  if (ruled.length > 0) {
    lines.push('', 'Rows with a hot time of their own (the first rule that matches, hot_rules; keep_last):');
    lines.push(...ruled.flatMap(rulesInWords));
  }
  const longer = all.filter((policy) => spanOfPolicy(policy) !== 'day');
  if (longer.length > 0) {
    lines.push('', 'One archive file for each week or month (span):');
    lines.push(...longer.map((policy) => `  ${policy.table}: ${spanOfPolicy(policy)}`));
  }
  if (exempt.size > 0) lines.push('', `Kept forever: ${[...exempt].join(', ')}`);
  if (places.size > 0) {
    lines.push('', 'From the configuration file:');
    lines.push(...[...places].map(([table, place]) => `  ${table}: ${style.faint(place)}`));
  }
  return lines.join('\n');
}

/** Which built-in policies apply, and how to get others. */
function sourceLines(
  all: readonly Policy[],
  file: string | null,
  places: Origins['tables'],
): readonly string[] {
  return [
    ...(all.some(({ table }) => !places.has(table))
      ? ['Preset: observability (tables of AI coding agents)']
      : []),
    ...(file === null ? ['No configuration file. For another database: firn init PATH'] : []),
  ];
}

function rulesInWords({ table, hotRules = [], keepLast }: Policy): string[] {
  return [
    ...hotRules.map(({ where, hotMs }) => {
      return `  ${table}: ${where}: ${hotMs === null ? 'forever' : formatDuration(hotMs)}`;
    }),
    ...(keepLast === undefined ? [] : [`  ${table}: the newest ${keepLast} rows always stay`]),
  ];
}
