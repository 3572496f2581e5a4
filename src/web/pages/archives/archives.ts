import type { FileAnswer, FilesAnswer } from '../../../library/answers/retention/files-answer.ts';
import { DAY_MS } from '../../../model/duration.ts';
import { formatBytes, formatCount, formatRatio, plural } from '../../../operate/amounts.ts';
import { html, type Markup, option, options } from '../../frame/markup.ts';
import type { Page, PageRequest } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { calendar } from './day-calendar.ts';
import { fileTable } from './file-table.ts';
import { type Amount, amountsBy, type Measure } from './listing.ts';

/** A list of more is no help to anybody; in files. */
const MOST_FILES = 200;

/** The archive files by day and month, and the files of one of them. */
export const archives: Page<'files'> = {
  path: '/archives',
  title: 'Archives',
  commands({ query }) {
    const { table, until } = asked(query);
    return {
      files: [
        ...['retention', 'files', '--json', '--since', earliestDay(until)],
        ...(query.has('until') ? [`--until=${until}`] : []),
        ...(table === '' ? [] : ['--', table]),
      ],
    };
  },
  render({ files }, request): Markup {
    const json = files.json as FilesAnswer | null;
    return html`${choice(request, json)}${json === null ? null : found(json, request)}`;
  },
};

interface Asked {
  readonly table: string;
  readonly until: string;
  readonly by: Measure;
  /** A day or a month whose files are listed; empty for the newest month. */
  readonly of: string;
}

function asked(query: URLSearchParams): Asked {
  const until = query.get('until') ?? '';
  return {
    table: query.get('table') ?? '',
    until: /^\d{4}-\d{2}-\d{2}$/.test(until) ? until : '9999-12-31',
    by: query.get('by') === 'rows' ? 'rows' : 'bytes',
    of: query.get('of') ?? '',
  };
}

/** A year before; an age where no day is given. */
function earliestDay(until: string): string {
  if (until === '9999-12-31') return '371d';
  return daysBefore(until, 371);
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}

function choice({ query }: PageRequest, json: FilesAnswer | null): Markup {
  const { table, by } = asked(query);
  const tables = [
    ...new Set([...(json?.files ?? []).map((file) => file.table), ...(table === '' ? [] : [table])]),
  ].sort();
  return html`<form class="fields" method="get" action="/archives">
<label>Table <select name="table"><option value="">all tables</option>${options(tables, table)}</select></label>
<label>Colour by <select name="by">${option('bytes', 'size', by === 'bytes')}${option('rows', 'rows', by === 'rows')}</select></label>
<button>Show</button></form>`;
}

function found(json: FilesAnswer, { query, site }: PageRequest): Markup {
  const { until, by, of } = asked(query);
  const today = site.clock().toISOString().slice(0, 10);
  const last = until === '9999-12-31' ? today : until;
  const months = amountsBy(json.files, 7);
  const part = of === '' ? ([...months.keys()][0] ?? '') : of;
  const files = json.files.filter(({ day }) => day.startsWith(part));
  const link = (changes: Record<string, string>): string =>
    `/archives?${new URLSearchParams({ ...Object.fromEntries(query), ...changes })}`;
  const { segments, rows, bytes, raw_bytes } = json.total;
  if (segments === 0)
    return html`<p>No archive files in this year${query.has('until') ? '' : ' yet'}. ${earlier(last, link)}</p>`;
  return html`<p>${plural(rows, 'row')} in ${plural(segments, 'file')}, ${formatBytes(bytes)}, ${formatRatio(raw_bytes, bytes)} smaller than their text.</p>
${calendar(amountsBy(json.files, 10), last, by, (day) => link({ of: day }))}
<p class="small">${earlier(last, link)}</p>
<h2>Months</h2>${monthTable(months, link)}
${part === '' ? null : fileList(part, files)}`;
}

function earlier(last: string, link: (changes: Record<string, string>) => string): Markup {
  return html`<a href="${link({ until: daysBefore(last, 365), of: '' })}">The year before</a>`;
}

function monthTable(
  months: ReadonlyMap<string, Amount>,
  link: (changes: Record<string, string>) => string,
): Markup {
  return scrolling(
    'Months',
    html`<table><thead><tr><th>Month</th><th class="number">Rows</th><th class="number">Size</th><th class="number">Ratio</th><th class="number">Warm files</th><th class="number">Cold segments</th></tr></thead>
<tbody>${[...months].map(
      ([
        month,
        { rows, bytes, rawBytes, warm, cold },
      ]) => html`<tr><th scope="row"><a href="${link({ of: month })}">${month}</a></th>
<td class="number">${formatCount(rows)}</td><td class="number">${formatBytes(bytes)}</td><td class="number">${formatRatio(rawBytes, bytes)}</td><td class="number">${formatCount(warm)}</td><td class="number">${formatCount(cold)}</td></tr>`,
    )}</tbody></table>`,
  );
}

function fileList(part: string, files: readonly FileAnswer[]): Markup {
  return html`<h2>Files of ${part}</h2>${fileTable(files.slice(0, MOST_FILES))}${
    files.length <= MOST_FILES
      ? null
      : html`<p class="notice">The first ${MOST_FILES} of ${formatCount(files.length)} files. Choose a day or a table to see the others.</p>`
  }`;
}
