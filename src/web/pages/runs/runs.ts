import type { HistoryAnswer } from '../../../library/answers/running/history-answer.ts';
import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html, type Markup, options, trusted } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import type { Site } from '../../frame/site.ts';
import { when } from '../../frame/when.ts';
import { changeForm } from '../changes/change-form.ts';
import { runPlots } from './run-plots.ts';
import { runTable } from './run-table.ts';
import { runningNow, somethingRuns } from './running-now.ts';

const JOBS = ['daily', 'weekly', 'monthly'];
const MOST = '200';

/** Past runs with their durations and throughput, what runs now, and the pause. */
export const runs: Page<'history' | 'status'> = {
  path: '/runs',
  title: 'Runs',
  commands: ({ query }) => {
    const job = chosenJob(query);
    return {
      history: ['history', '--limit', MOST, ...(job === null ? [] : ['--job', job]), '--json'],
      status: ['status', '--json'],
    };
  },
  render(answers, { query, site }): Markup {
    const history = answers.history.json as HistoryAnswer | null;
    const status = answers.status.json as StatusAnswer | null;
    return html`${history === null ? null : nowPart(history, site)}${status === null ? null : pausePart(status, site)}${
      history === null
        ? null
        : html`<section aria-labelledby="past"><h2 id="past">History</h2>${jobForm(chosenJob(query))}${runTable(history.runs)}</section>${runPlots(history.runs)}`
    }`;
  },
};

function chosenJob(query: URLSearchParams): string | null {
  return JOBS.find((job) => job === query.get('job')) ?? null;
}

function nowPart(history: HistoryAnswer, site: Site): Markup {
  const live = somethingRuns(history) ? trusted(' data-events="/runs/events"') : null;
  return html`<section aria-labelledby="now"><h2 id="now">Now</h2><div${live}>${runningNow(history, site.clock().getTime())}</div></section>`;
}

function pausePart({ paused }: StatusAnswer, site: Site): Markup {
  const state =
    paused === null
      ? html`<p>The jobs are not paused.</p>`
      : html`<p><strong>The jobs are paused</strong>${paused.reason == null ? null : html`: ${paused.reason}`}${
          paused.until == null ? null : html`, until ${when(paused.until)}`
        }.</p>`;
  return html`<section aria-labelledby="pause"><h2 id="pause">Control</h2>${state}${
    paused === null
      ? changeForm(site, 'pause', PAUSE_FIELDS, 'Pause', ['pause'])
      : changeForm(site, 'resume', null, 'Resume', ['resume'])
  }<h3>Run a job now</h3>${changeForm(site, 'job', JOB_FIELD, 'Show the plan', ['job', '--mode', 'daily'])}<h3>Archive a table now</h3>${changeForm(site, 'archive', TABLE_FIELD, 'Show the plan', ['archive', 'TABLE'])}</section>`;
}

const PAUSE_FIELDS = html`<label>For (30min, 2h, 1d; empty: until you resume) <input name="for" size="8"></label>
<label class="wide">Reason <input name="reason"></label>`;

const JOB_FIELD = html`<label>Job <select name="mode">${options([...JOBS, 'full'], null)}</select></label>`;

const TABLE_FIELD = html`<label>Table <input name="table" required></label>`;

function jobForm(job: string | null): Markup {
  return html`<form class="fields"><label>Job <select name="job"><option value="">all</option>${options(JOBS, job)}</select></label><button>Show</button></form>`;
}
