import type { RestorePlanAnswer } from '../../../library/answers/finding/restore-answer.ts';
import { FirnError, inWords } from '../../../model/errors.ts';
import { formatCount, plural } from '../../../operate/amounts.ts';
import type { Answer } from '../../command-answer.ts';
import { commandBox } from '../../frame/command-box.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import type { Site } from '../../frame/site.ts';
import { type BasketItem, itemsOf, itemText } from '../basket/basket-item.ts';
import { itemCommands } from '../changes/restore-command.ts';
import { hiddenFields, howFields } from './restore-form.ts';

/** Whether the address names single rows, gathered from searches. */
export function isOfRows(query: URLSearchParams): boolean {
  return query.has('item');
}

/** The dry run of each row. */
export function rowCommands(basket: URLSearchParams): Record<string, readonly string[] | null> {
  const commands = commandsOf(basket);
  if (commands instanceof FirnError) return { row1: null };
  const dry = (argv: readonly string[]): string[] => [argv[0]!, '--dry-run', '--json', ...argv.slice(1)];
  return Object.fromEntries(commands.map((argv, at) => [`row${at + 1}`, dry(argv)]));
}

/** The chosen rows, what restoring each would do, and the commands that do it. */
export function rowsPart(
  answers: Readonly<Record<string, Answer>>,
  basket: URLSearchParams,
  site: Site,
): Markup {
  const items = itemsOf(basket);
  const commands = commandsOf(basket);
  const estimates = items.map((_, at) => (answers[`row${at + 1}`]?.json ?? null) as RestorePlanAnswer | null);
  const search = new URLSearchParams(items.map((item): [string, string] => ['item', itemText(item)]));
  return html`<p class="faint">Restored rows also stay in the archives. <a href="/search?${String(search)}">Find more rows</a></p>
<form>${rowTable(items, estimates)}<div class="fields">${howFields(basket)}</div></form>${
    commands instanceof FirnError
      ? html`<p role="alert" class="problem">${inWords(commands)}</p>`
      : html`${summary(estimates)}${nextStep(basket, commands, site)}`
  }`;
}

function commandsOf(basket: URLSearchParams): readonly (readonly string[])[] | FirnError {
  try {
    return itemCommands(basket);
  } catch (error) {
    if (error instanceof FirnError && error.code === 'usage') return error;
    throw error;
  }
}

/** An unticked row is left out when the effect is shown again. */
function rowTable(items: readonly BasketItem[], estimates: readonly (RestorePlanAnswer | null)[]): Markup {
  return scrolling(
    'Chosen rows',
    html`<table><thead><tr><th>Keep</th><th>Table</th><th>Row</th><th>In the archive</th><th>Columns that differ</th></tr></thead>
<tbody>${items.map((item, at) => {
      const name = `${item.table} ${item.where.join(' and ')}`;
      return html`<tr><td><input type="checkbox" name="item" value="${itemText(item)}" checked aria-label="Keep ${name}"></td><th scope="row">${item.table}</th><td class="text">${item.where.join(' and ')}</td>${effect(estimates[at] ?? null)}</tr>`;
    })}</tbody></table>`,
  );
}

/** Where a key is read from: filters of the files name a few segments too many. */
function effect(estimate: RestorePlanAnswer | null): Markup {
  if (estimate === null) return html`<td>–</td><td>–</td>`;
  const { segments, tables, problems } = estimate;
  const drift = tables.reduce((sum, one) => sum + one.drift.length, 0);
  const place =
    segments === 0 ? html`<strong>not found</strong>` : `in one of ${plural(segments, 'segment')}`;
  return html`<td>${segments === 1 ? 'in 1 segment' : place}</td><td>${
    drift === 0 ? 'none' : formatCount(drift)
  }${problems.map(({ message }) => html` <strong>${message}</strong>`)}</td>`;
}

function summary(estimates: readonly (RestorePlanAnswer | null)[]): Markup {
  const known = estimates.filter((one) => one !== null);
  const found = known.filter(({ segments }) => segments > 0).length;
  const into = known[0]?.into === 'hot' ? 'the live database' : (known[0]?.into ?? 'the file');
  return html`<p><strong>${plural(found, 'row')}</strong> into ${into}${found === estimates.length ? '' : `; ${estimates.length - found} of the chosen rows were not found`}.</p>`;
}

function nextStep(basket: URLSearchParams, commands: readonly (readonly string[])[], site: Site): Markup {
  if (!site.allowChanges)
    return html`<h2>Restore</h2><p>This page is read-only. Run ${commands.length === 1 ? 'the command' : 'the commands'}:</p>
<div class="commands">${commands.map((argv) => commandBox(site, argv, null))}</div>`;
  return html`<h2>Restore</h2><form action="/do/restore-rows">${hiddenFields(basket)}<button class="primary">Show the plan</button></form>`;
}
