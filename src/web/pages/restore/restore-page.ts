import type { RestorePlanAnswer } from '../../../library/answers/finding/restore-answer.ts';
import { FirnError, inWords } from '../../../model/errors.ts';
import { formatBytes, formatCount, plural } from '../../../operate/amounts.ts';
import { commandBox } from '../../frame/command-box.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import type { Site } from '../../frame/site.ts';
import { restoreCommand } from '../changes/restore-command.ts';
import { isOfRows, rowCommands, rowsPart } from './basket-rows.ts';
import { basketOf, hiddenFields, restoreForm } from './restore-form.ts';

/** Archived rows that were chosen on other pages, what restoring them would do, and the command that does it. */
export const restore: Page<string> = {
  path: '/restore',
  title: 'Restore',
  commands: ({ query }) => {
    const basket = basketOf(query);
    if (isOfRows(query)) return rowCommands(basket);
    const argv = basket.get('table') === '' ? EVERYTHING : commandOf(basket);
    return { estimate: argv instanceof FirnError ? null : [...argv, '--dry-run', '--json'] };
  },
  render(answers, { query, site }): Markup {
    const basket = basketOf(query);
    if (isOfRows(query)) return rowsPart(answers, basket, site);
    const argv = basket.get('table') === '' ? null : commandOf(basket);
    const estimate = answers.estimate?.json as RestorePlanAnswer | null | undefined;
    return html`<p class="faint">Restored rows also stay in the archives.</p>${restoreForm(basket)}${
      argv instanceof FirnError ? html`<p role="alert" class="problem">${inWords(argv)}</p>` : null
    }${estimate == null ? null : estimatePart(estimate)}${
      argv === null || argv instanceof FirnError || estimate == null ? null : nextStep(basket, argv, site)
    }`;
  },
};

/** What an empty basket shows: how much there is to restore at all. */
const EVERYTHING: readonly string[] = ['restore', 'all', '--into=restored.db'];

function commandOf(basket: URLSearchParams): readonly string[] | FirnError {
  try {
    return restoreCommand(basket);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'usage') return error;
    throw error;
  }
}

function estimatePart({
  into,
  total,
  exact,
  segments,
  raw_bytes,
  tables,
  problems,
}: RestorePlanAnswer): Markup {
  const target = into === 'hot' ? 'the live database' : into;
  return html`<section aria-labelledby="plan"><h2 id="plan">What it would do</h2>
<p>${exact ? '' : 'At most '}<strong>${plural(total, 'row')}</strong> into ${target}, from ${plural(segments, 'segment')} with ${formatBytes(raw_bytes)} of rows.</p>
${
  tables.length === 0
    ? html`<p>No archived row matches.</p>`
    : scrolling(
        'Rows by table',
        html`<table><thead><tr><th>Table</th><th class="number">Rows</th><th class="number">Segments</th><th>Columns that differ</th></tr></thead>
<tbody>${tables.map(
          (
            one,
          ) => html`<tr><th scope="row">${one.table}</th><td class="number">${formatCount(one.rows)}</td><td class="number">${formatCount(one.segments)}</td>
<td>${one.drift.length === 0 ? 'none' : formatCount(one.drift.length)}</td></tr>`,
        )}</tbody></table>`,
      )
}${problems.map(({ path, message }) => html`<p role="alert" class="problem">${path}: ${message}</p>`)}</section>`;
}

function nextStep(basket: URLSearchParams, argv: readonly string[], site: Site): Markup {
  if (!site.allowChanges)
    return html`<h2>Restore</h2><p>This page is read-only. Run the command:</p>${commandBox(site, argv, null)}`;
  return html`<h2>Restore</h2><form action="/do/restore">${hiddenFields(basket)}<button class="primary">Show the plan</button></form>`;
}
