import type { PlanAnswer, PlannedEffect, PlannedMove } from '../../../library/answers/moving/plan-answer.ts';
import { formatBytes, formatCount } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { when } from '../../frame/when.ts';
import { type Choice, TIMES } from './choice.ts';

const MOVES = [
  ['archive', 'leave the database'],
  ['consolidate', 'move to cold'],
  ['purge', 'are purged'],
] as const;

/** Rows and bytes that the next runs would move, today's policy beside the changed one; disk later; and the change to copy. */
export function effects({ tables, warnings }: PlanAnswer, choice: Choice): Markup {
  return html`${warnings.map((warning) => html`<p class="notice">${warning}</p>`)}${tables.map(
    ({ table, present, changed }) =>
      present === null || changed === null
        ? null
        : html`<h3>${table}</h3>${comparison(present, changed)}${yamlDiff(table, present, changed, choice)}`,
  )}`;
}

function comparison(present: PlannedEffect, changed: PlannedEffect): Markup {
  const about = (effect: PlannedEffect): string => (effect.estimated ? 'about ' : '');
  return scrolling(
    'Effect',
    html`<table><thead><tr><th></th><th>Now</th><th>Changed</th></tr></thead><tbody>
<tr><th scope="row">hot, warm, cold</th><td>${times(present)}</td><td>${times(changed)}</td></tr>
${MOVES.map(
  ([move, words]) => html`<tr><th scope="row">Rows that ${words} in the next run</th>
<td>${move === 'archive' ? about(present) : ''}${moveWords(present[move])}</td><td>${move === 'archive' ? about(changed) : ''}${moveWords(changed[move])}</td></tr>
<tr><td class="faint">the first</td><td>${when(present[move].first)}</td><td>${when(changed[move].first)}</td></tr>`,
)}
${[30, 365].map(
  (days) =>
    html`<tr><th scope="row">Disk in ${days} days (estimated)</th><td>${diskWords(present, days)}</td><td>${diskWords(changed, days)}</td></tr>`,
)}</tbody></table>`,
  );
}

function times({ policy }: PlannedEffect): string {
  return `${policy.hot_days} d, ${policy.warm_days} d, ${policy.cold_days} d`;
}

function moveWords({ records, bytes }: PlannedMove): string {
  return bytes === null || records === 0
    ? formatCount(records)
    : `${formatCount(records)} (${formatBytes(bytes)})`;
}

function diskWords({ forecasts }: PlannedEffect, days: number): string {
  const found = forecasts.find((one) => one.days === days);
  if (found === undefined || found.hot.bytes === null) return '–';
  const archive = (found.warm.bytes ?? 0) + (found.cold.bytes ?? 0);
  return `database ${formatBytes(found.hot.bytes)}, archives ${formatBytes(archive)}`;
}

/** The change of the configuration file as a diff; only the times that differ. */
function yamlDiff(
  table: string,
  present: PlannedEffect,
  changed: PlannedEffect,
  { times: given }: Choice,
): Markup {
  const lines = TIMES.flatMap((time) => {
    const [before, after] = [present.policy[`${time}_days`], changed.policy[`${time}_days`]];
    return before === after
      ? []
      : [`-    ${time}: ${before}d`, `+    ${time}: ${given[time] || `${after}d`}`];
  });
  if (lines.length === 0) return html`<p>These are the times in force.</p>`;
  const name = /^[A-Za-z_][\w-]*$/.test(table) ? table : JSON.stringify(table);
  return html`<h3>The change of the configuration file</h3><pre tabindex="0">${[' tables:', `   ${name}:`, ...lines].join('\n')}</pre>
<p class="faint small">A line that begins with - may be missing in your file: then the time comes from the preset.</p>`;
}
