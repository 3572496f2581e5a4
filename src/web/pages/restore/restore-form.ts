import { html, type Markup, option, trusted } from '../../frame/markup.ts';

const FIELDS = ['table', 'since', 'until', 'to', 'file', 'for', 'with-children', 'with-parents'];

/** The fields of a basket, from the address of the page; conditions stay repeated. */
export function basketOf(query: URLSearchParams): URLSearchParams {
  const basket = new URLSearchParams();
  for (const name of FIELDS) basket.set(name, query.get(name) ?? '');
  if (basket.get('to') !== 'hot') basket.set('to', 'file');
  if (basket.get('file') === '') basket.set('file', 'restored.db');
  for (const name of ['where', 'item']) for (const value of query.getAll(name)) basket.append(name, value);
  return basket;
}

/** Which rows, and where to: changing it shows the effect anew. */
export function restoreForm(basket: URLSearchParams): Markup {
  const value = (name: string): string => basket.get(name) ?? '';
  return html`<form class="fields"><label>Table, group or all <input name="table" required value="${value('table')}"></label>
<label class="wide">Conditions, one a line (column=value) <textarea name="where" rows="2">${basket.getAll('where').join('\n')}</textarea></label>
<label>Since <input name="since" size="12" value="${value('since')}"></label>
<label>Until <input name="until" size="12" value="${value('until')}"></label>
${howFields(basket)}</form>`;
}

/** Where to, for how long, and with which other rows. */
export function howFields(basket: URLSearchParams): Markup {
  const value = (name: string): string => basket.get(name) ?? '';
  const ticked = (name: string): Markup | null => (value(name) === 'on' ? trusted(' checked') : null);
  return html`<label>Into <select name="to">${option('file', 'a file', value('to') === 'file')}${option('hot', 'the live database, with a lease', value('to') === 'hot')}</select></label>
<label>File <input name="file" value="${value('file')}"></label>
<label>Lease (14d when empty) <input name="for" size="6" value="${value('for')}"></label>
<label class="row"><input type="checkbox" name="with-children"${ticked('with-children')}> with children</label>
<label class="row"><input type="checkbox" name="with-parents"${ticked('with-parents')}> with parents</label>
<button>Show the effect</button>`;
}

/** The basket as it stands, for a form that goes on with it. */
export function hiddenFields(basket: URLSearchParams): Markup[] {
  return [...basket].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}
