import type { HoldAnswer } from '../../../library/answers/keeping/hold-answer.ts';
import type { StatusAnswer } from '../../../operate/status/status-json.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import type { Site } from '../../frame/site.ts';
import { when } from '../../frame/when.ts';
import { changeForm } from '../changes/change-form.ts';
import { alarmPart } from './alarm-part.ts';

/** What is held and why, and the alarms with their acknowledgement. */
export const holds: Page<'holds' | 'status'> = {
  path: '/holds',
  title: 'Holds and alarms',
  commands: () => ({ holds: ['hold', 'list', '--json'], status: ['status', '--json'] }),
  render(answers, { query, site }): Markup {
    const held = answers.holds.json as readonly HoldAnswer[] | null;
    const status = answers.status.json as StatusAnswer | null;
    return html`${held === null ? null : holdPart(held, query, site)}${status === null ? null : alarmPart(status, site)}`;
  },
};

function holdPart(held: readonly HoldAnswer[], query: URLSearchParams, site: Site): Markup {
  return html`<section aria-labelledby="holds"><h2 id="holds">Holds</h2>
<p class="faint">Held rows stay in their tier. An archive file with a held row is neither moved nor purged.</p>
${held.length === 0 ? html`<p>Nothing is held.</p>` : html`${holdTable(held, site)}<div class="counts" data-load="/holds/counts"><a href="/holds/counts">Count the held rows</a></div>`}
<h3>Add a hold</h3>${changeForm(site, 'hold-add', holdFields(query), 'Show the plan', [
    ...['hold', 'add', '--table=TABLE', '--where=COLUMN=VALUE', '--reason=TEXT'],
  ])}</section>`;
}

function holdTable(held: readonly HoldAnswer[], site: Site): Markup {
  return scrolling(
    'Holds',
    html`<table><thead><tr><th class="number">Hold</th><th>Table</th><th>Rows where</th><th>Reason</th><th>Since</th><th>Remove</th></tr></thead>
<tbody>${held.map((hold) => holdRow(hold, site))}</tbody></table>`,
  );
}

function holdRow({ id, table, where, reason, created_at }: HoldAnswer, site: Site): Markup {
  const rows = new URLSearchParams({ table });
  for (const condition of where) rows.append('where', condition);
  return html`<tr><th scope="row" class="number">${id}</th><td>${table}</td><td class="text"><a href="/search?${rows.toString()}">${where.join(' and ') || 'all rows'}</a></td>
<td class="text">${reason}</td><td>${when(created_at)}</td><td>${changeForm(
    site,
    'hold-remove',
    html`<input type="hidden" name="id" value="${id}">`,
    `Remove hold ${id}`,
    ['hold', 'remove', String(id)],
  )}</td></tr>`;
}

/** Filled from the address, so that the search page can lead here. */
function holdFields(query: URLSearchParams): Markup {
  return html`<label>Table <input name="table" required value="${query.get('table') ?? ''}"></label>
<label class="wide">Conditions, one a line (column=value) <textarea name="where" required rows="2">${query.getAll('where').join('\n')}</textarea></label>
<label class="wide">Reason <input name="reason" required></label>`;
}
