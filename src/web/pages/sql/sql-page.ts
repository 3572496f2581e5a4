import type { Hono } from 'hono';
import { formatCount } from '../../../operate/amounts.ts';
import type { RunningCommand } from '../../command-runner.ts';
import { commandBox } from '../../frame/command-box.ts';
import { documentEnd, documentStart } from '../../frame/document.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Site } from '../../frame/site.ts';
import { streamedHtml } from '../../frame/streamed-html.ts';
import { twinOf } from '../../frame/twin.ts';
import { plotOf } from './plot-of.ts';
import { type ResultRows, readRows } from './result-rows.ts';
import { resultTable } from './result-table.ts';

const EXAMPLE = 'SELECT _tier, count(*) AS rows FROM tool_uses GROUP BY 1';
const PATH = '/sql';

/** A statement as the command line takes it: one that begins with `-` is no option. */
function command(query: string, format: string): string[] {
  return ['sql', `--format=${format}`, '--', query];
}

/** SQL over all tiers: an editor, the result, a plot of two of its columns, and exports. */
export function serveSql(app: Hono, site: Site): void {
  app.get(PATH, async (context) => {
    const query = new URL(context.req.url).searchParams;
    const text = (query.get('q') ?? '').trim();
    const running = text === '' ? null : await site.runner.start(command(text, 'jsonl'));
    return streamedHtml(context, pageOf(site, query, text, running), () => running?.cancel());
  });
  for (const [format, type] of [
    ['json', 'application/json; charset=utf-8'],
    ['csv', 'text/csv; charset=utf-8'],
    ['jsonl', 'application/jsonl; charset=utf-8'],
  ] as const) {
    app.get(`${PATH}.${format}`, async (context) => {
      const text = (context.req.query('q') ?? '').trim();
      const argv = text === '' ? ['sql', '--tables'] : command(text, format);
      if (text === '' && format === 'json') return context.json([]);
      if (format !== 'json') context.header('Content-Disposition', `attachment; filename="firn.${format}"`);
      return twinOf(context, site, argv, type);
    });
  }
}

async function* pageOf(
  site: Site,
  query: URLSearchParams,
  text: string,
  running: RunningCommand | null,
): AsyncGenerator<Markup> {
  const about = { title: 'SQL', path: PATH, site };
  yield html`${documentStart(about)}${editor(text)}`;
  if (running !== null) yield answer(await readRows(running), query);
  yield html`${boxes(site, text)}${documentEnd(about)}`;
}

function editor(text: string): Markup {
  return html`<form method="get" action="${PATH}" data-submit="ctrl-enter">
<label>One query over the database and the archives (DuckDB). Each table has the columns _tier and _archived_at.
<textarea class="code" name="q" spellcheck="false" autocapitalize="off" required placeholder="${EXAMPLE}">${text}</textarea></label>
<p><button class="primary">Run</button> <span class="faint small">or Ctrl+Enter. Queries only: nothing is changed.</span></p></form>`;
}

function answer(result: ResultRows, query: URLSearchParams): Markup {
  const { rows, columns, more, end } = result;
  const failed = end !== null && end.status !== 0;
  return html`${failed ? html`<pre role="alert" class="problem">${end.stderr.trim() || `The command ended with exit code ${end.status}.`}</pre>` : null}${
    failed && rows.length === 0
      ? null
      : html`<p role="status">${more ? `The first ${formatCount(rows.length)} rows.` : rows.length === 1 ? '1 row.' : `${formatCount(rows.length)} rows.`}</p>
${resultTable(columns, rows)}${plotOf(columns, rows, query)}`
  }`;
}

function boxes(site: Site, text: string): Markup {
  const query = new URLSearchParams({ q: text }).toString();
  return html`<section class="commands" aria-label="The same on the command line">${commandBox(
    site,
    text === '' ? ['sql', EXAMPLE] : ['sql', text],
    `${PATH}.json?${query}`,
  )}${
    text === ''
      ? null
      : html`<p><a href="${PATH}.csv?${query}">Download as CSV</a> · <a href="${PATH}.jsonl?${query}">JSON Lines</a></p>`
  }</section>`;
}
