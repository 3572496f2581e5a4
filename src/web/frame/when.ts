import { html, type Markup } from './markup.ts';

/** A time as people read it, in UTC; a dash where there is none. */
export function when(iso: string | null | undefined): Markup {
  if (iso === null || iso === undefined) return html`–`;
  return html`<time datetime="${iso}" class="nowrap">${iso.slice(0, 10)} ${iso.slice(11, 16)}Z</time>`;
}
