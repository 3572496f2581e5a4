import { html, type Markup } from './markup.ts';

/** What is wider than a small screen scrolls sideways in a box of its own, also by keyboard. */
export function scrolling(label: string, content: Markup): Markup {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}
