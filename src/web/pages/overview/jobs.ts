import { formatCount, formatElapsed } from '../../../operate/amounts.ts';
import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { when } from '../../frame/when.ts';

/** The last and the next run of each job. */
export function jobTable({ jobs, scheduler, paused }: StatusAnswer): Markup {
  return html`<section aria-labelledby="jobs"><h2 id="jobs">Jobs</h2>
<p class="faint small">Scheduler: ${scheduler.state}${paused === null ? null : html`. <strong>The jobs are paused.</strong>`}. <a href="/runs">All runs</a></p>
${scrolling(
  'Jobs',
  html`<table><thead><tr><th>Job</th><th>Last run</th><th>Result</th><th class="number">Rows</th><th class="number">Took</th><th>Next</th></tr></thead>
<tbody>${jobs.map(
    ({ job, running, last_run, next_start, overdue_since }) => html`<tr><th scope="row">${job}</th>
<td>${running ? 'running now' : last_run === null ? 'never' : when(last_run.started_at)}</td>
<td>${last_run?.outcome ?? '–'}</td>
<td class="number">${last_run === null ? '–' : formatCount(last_run.records)}</td>
<td class="number">${last_run?.duration_ms == null ? '–' : formatElapsed(last_run.duration_ms)}</td>
<td>${overdue_since === null ? when(next_start) : html`overdue since ${when(overdue_since)}`}</td></tr>`,
  )}</tbody></table>`,
)}</section>`;
}
