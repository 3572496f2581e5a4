import { html as hono, raw as honoRaw } from 'hono/html';
import { visibleText } from '../../model/visible-text.ts';

/** HTML that is safe to send: text in it is escaped. */
export type Markup = ReturnType<typeof honoRaw>;

type Part = Markup | string | number | bigint | null | undefined | false | readonly Part[];

/**
 * A template of HTML. Values are escaped, and what would control a terminal or turn the direction of text is written as `\u001b`, so
 * that a cell of a database is always shown as the text it is. Null, undefined and false are nothing, lists are joined.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return hono(strings, ...values.map(prepared)) as Markup;
}

/** HTML of our own making, as it is. */
export const trusted: (text: string) => Markup = honoRaw;

function prepared(part: Part): unknown {
  if (Array.isArray(part)) return part.map(prepared);
  if (typeof part === 'string' && !('isEscaped' in Object(part))) return visibleText(part);
  return part === false || part === undefined ? null : part;
}
/** One choice of a select. */
export function option(value: string, name: string, isChosen: boolean): Markup {
  return html`<option value="${value}"${isChosen ? trusted(' selected') : null}>${name}</option>`;
}

/** Choices whose values are their names. */
export function options(names: readonly string[], chosen: string | null): Markup[] {
  return names.map((name) => option(name, name, name === chosen));
}
