import { commandBox } from '../../frame/command-box.ts';
import { html, type Markup, trusted } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import type { Site } from '../../frame/site.ts';
import { when } from '../../frame/when.ts';
import type { StatusJson } from '../overview/health-sentence.ts';
import type { HistoryJson } from './history-json.ts';
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
    const history = answers.history.json as HistoryJson | null;
    const status = answers.status.json as StatusJson | null;
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

function nowPart(history: HistoryJson, site: Site): Markup {
  const live = somethingRuns(history) ? trusted(' data-events="/runs/events"') : null;
  return html`<section aria-labelledby="now"><h2 id="now">Now</h2><div${live}>${runningNow(history, site.clock().getTime())}</div></section>`;
}

function pausePart({ paused }: StatusJson, site: Site): Markup {
  const state =
    paused === null
      ? html`<p>The jobs are not paused.</p>`
      : html`<p><strong>The jobs are paused</strong>${paused.reason == null ? null : html`: ${paused.reason}`}${
          paused.until == null ? null : html`, until ${when(paused.until)}`
        }.</p>`;
  return html`<section aria-labelledby="pause"><h2 id="pause">Pause</h2>${state}${commandBox(site, [paused === null ? 'pause' : 'resume'], null)}</section>`;
}

function jobForm(job: string | null): Markup {
  return html`<form class="fields"><label>Job <select name="job"><option value="">all</option>${JOBS.map(
    (name) => html`<option${name === job ? trusted(' selected') : null}>${name}</option>`,
  )}</select></label><button>Show</button></form>`;
}
