import type { Hono } from 'hono';
import type { PoliciesAnswer } from '../../../library/answers/retention/policies-answer.ts';
import type { Answer } from '../../command-answer.ts';
import type { RunningCommand } from '../../command-runner.ts';
import { commandBox } from '../../frame/command-box.ts';
import { documentEnd, documentStart } from '../../frame/document.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { servePage } from '../../frame/page.ts';
import { problemBox } from '../../frame/problem-box.ts';
import type { Site } from '../../frame/site.ts';
import { streamedHtml } from '../../frame/streamed-html.ts';
import { twinOf } from '../../frame/twin.ts';
import { goneSignal } from '../../frame/when-gone.ts';
import { searchHistogram } from './histogram.ts';
import { type Found, HitLines, type SearchReportJson } from './hit-lines.ts';
import { hitRow } from './hit-row.ts';
import { policiesOf } from './known-policies.ts';
import { searchEnd } from './search-end.ts';
import { searchForm } from './search-form.ts';
import { hitOptions, type SearchQuery, searchAddress, searchCommand, searchQuery } from './search-query.ts';

const TYPES = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const;

/** The search page, whose hits are sent while they are found; its histogram, twin and downloads. */
export function serveSearch(app: Hono, site: Site): void {
  const asked = (url: string): SearchQuery => searchQuery(new URL(url).searchParams);
  const policiesNow = policiesOf(site);
  app.get('/search', async (context) => {
    const query = asked(context.req.url);
    const policies = policiesNow(goneSignal(context));
    const command = await site.runner.start(searchCommand(query, [...hitOptions(query), '--json']));
    return streamedHtml(context, pageOf(site, query, command, policies), () => command.cancel());
  });
  servePage(app, site, searchHistogram);
  app.get('/search.json', (context) => {
    const query = asked(context.req.url);
    return twinOf(context, site, searchCommand(query, [...hitOptions(query), '--json']));
  });
  for (const format of ['csv', 'jsonl'] as const) {
    app.get(`/search.${format}`, async (context) => {
      const query = asked(context.req.url);
      context.header('Content-Disposition', `attachment; filename="firn-search.${format}"`);
      const argv = searchCommand(query, [...hitOptions(query, true), '--format', format]);
      return twinOf(context, site, argv, TYPES[format]);
    });
  }
}

async function* pageOf(
  site: Site,
  query: SearchQuery,
  command: RunningCommand,
  policies: Promise<Answer>,
): AsyncGenerator<Markup> {
  const began = performance.now();
  const about = { title: 'Search', path: '/search', site };
  yield documentStart(about);
  const answer = await policies;
  const known = (answer.json ?? {}) as PoliciesAnswer;
  yield html`${problemBox(answer)}${searchForm(query, Object.keys(known))}${counts(query, known)}
<div class="scroll hits" role="region" aria-label="Rows found" tabindex="0"><table><thead><tr><th><span class="faint" title="Tick archived rows to restore them">Pick</span></th><th>Time</th><th>Tier</th><th>Table</th><th>Key</th><th>Row</th></tr></thead><tbody>
`;
  const lines = new HitLines();
  let report: SearchReportJson | null = null;
  const rows = (found: readonly Found[]): Markup => {
    const drawn: Markup[] = [];
    for (const one of found) {
      if ('report' in one) report = one.report;
      else drawn.push(hitRow(one, query));
    }
    return html`${drawn}`;
  };
  for await (const chunk of command.stdout) {
    const found = lines.add(chunk);
    if (found.length > 0) yield rows(found);
  }
  yield html`${rows(lines.end())}</tbody></table></div>`;
  const { status, stderr } = await command.ended;
  const argv = searchCommand(query, [...hitOptions(query), '--json']);
  yield html`${problemBox({ argv, json: report, status, stderr })}${
    report === null ? null : searchEnd(report, performance.now() - began, query)
  }<section class="commands" aria-label="The same on the command line">${commandBox(
    site,
    argv,
    searchAddress(query, {}, '/search.json'),
  )}</section>${documentEnd(about)}`;
}

/** Where the counts are shown: loaded after the rows, or by a link. By value only on demand: that reads every matching row. */
function counts(query: SearchQuery, policies: PoliciesAnswer): Markup {
  const over = searchAddress(query, {}, '/search/histogram');
  const keys = policies[query.table]?.lookup_keys ?? [];
  const values = keys.map((key) => `facet=${encodeURIComponent(key)}`).join('&');
  return html`<div class="counts" data-load="${over}"><a href="${over}">Show the histogram</a></div>${
    values === ''
      ? null
      : html`<p class="small"><a href="${over}${over.includes('?') ? '&' : '?'}${values}">Count the values of ${keys.join(', ')}</a></p>`
  }`;
}
