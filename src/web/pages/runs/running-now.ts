import type { HistoryAnswer, RunAnswer } from '../../../library/answers/running/history-answer.ts';
import { formatBytes, formatCount, formatElapsed, plural } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';

/** What runs at this moment, and how far it is; `now` in milliseconds since 1970. */
export function runningNow({ runs }: HistoryAnswer, now: number): Markup {
  const running = runs.filter((run) => run.running);
  if (running.length === 0) return html`<p class="faint">Nothing runs now.</p>`;
  return html`${running.map((run) => progressOf(run, now))}`;
}

export function somethingRuns({ runs }: HistoryAnswer): boolean {
  return runs.some(({ running }) => running);
}

function progressOf({ command, started_at, archived, in_progress }: RunAnswer, now: number): Markup {
  const elapsed = Math.max(0, now - Date.parse(started_at));
  const written = `${plural(archived.files, 'file')}, ${plural(archived.rows, 'row')}, ${formatBytes(archived.bytes)}`;
  return html`<article class="card"><h3>${command}</h3><p>For ${formatElapsed(elapsed)}. Written so far: ${written}.</p>
${in_progress.map(
  ({
    segment,
    state,
    rows,
    deleted,
  }) => html`<p class="small"><label>${segment} (${state}): ${formatCount(deleted)} of ${plural(rows, 'row')} deleted
<progress max="${Math.max(1, rows)}" value="${deleted}"></progress></label></p>`,
)}</article>`;
}
