import { commandBox } from '../../frame/command-box.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Site } from '../../frame/site.ts';

/**
 * A form that leads to the plan of a change. Where changes are not allowed, the command to copy.
 * @param example the words of the command, with its fields as far as they are known.
 */
export function changeForm(
  site: Site,
  name: string,
  fields: Markup | null,
  button: string,
  example: readonly string[],
): Markup {
  if (!site.allowChanges) return commandBox(site, example, null);
  return html`<form action="/do/${name}" class="fields">${fields}<button>${button}</button></form>`;
}

/** Leads to the verification of one archive file: it writes the time, and alarms, into the ledger. */
export function verifyFileForm(path: string, site: Site): Markup {
  const field = html`<input type="hidden" name="file" value="${path}">`;
  return changeForm(site, 'verify-file', field, 'Verify this file now', ['verify', path]);
}
