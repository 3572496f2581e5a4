import type { RunAnswer } from '../../../library/answers/running/history-answer.ts';
import { formatBytes, formatCount, formatElapsed } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { when } from '../../frame/when.ts';

/** The runs, newest first. */
export function runTable(runs: readonly RunAnswer[]): Markup {
  if (runs.length === 0)
    return html`<p class="notice">No run yet. <code>firn job</code> runs the daily job.</p>`;
  const hasTraffic = runs.some(({ traffic }) => traffic !== undefined);
  return scrolling(
    'Runs',
    html`<table><thead><tr><th>Started</th><th>Command</th><th>Job</th><th>Result</th><th class="number">Rows</th><th class="number">Took</th><th class="number">Rows/s</th>${hasTraffic ? html`<th class="number">Requests</th>` : ''}<th>Message</th></tr></thead>
<tbody>${runs.map((run) => runRow(run, hasTraffic))}</tbody></table>`,
  );
}

function runRow(run: RunAnswer, hasTraffic: boolean): Markup {
  const { command, jobs, reason, started_at, records, duration_ms, rows_per_second, message } = run;
  return html`<tr><td>${when(started_at)}</td><th scope="row" title="Started by ${reason}">${command}</th><td>${jobs.join(', ') || '–'}</td>
<td>${run.running ? 'running' : (run.outcome ?? 'died')}</td>
<td class="number">${run.running ? formatCount(run.archived.rows) : records === null ? '–' : formatCount(records)}</td>
<td class="number">${duration_ms === null ? '–' : formatElapsed(duration_ms)}</td>
<td class="number">${rows_per_second === null ? '–' : formatCount(rows_per_second)}</td>${hasTraffic ? trafficCell(run.traffic) : ''}<td class="text">${message ?? ''}</td></tr>`;
}

/** How many requests went to the server of the archives; their kinds and bytes as a title. */
function trafficCell(traffic: RunAnswer['traffic']): Markup {
  if (traffic === undefined) return html`<td class="number">–</td>`;
  const kinds = Object.entries(traffic.requests).filter(([, count]) => count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  const each = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
  const bytes = `${formatBytes(traffic.received_bytes)} received, ${formatBytes(traffic.sent_bytes)} sent`;
  return html`<td class="number" title="${each}; ${bytes}">${formatCount(total)}</td>`;
}
