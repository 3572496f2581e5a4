import { shellLine } from '../../operate/install/shell-words.ts';
import { html, type Markup } from './markup.ts';
import type { Site } from './site.ts';

/** The command that gives the same as a page or a part of it, to be copied, and its JSON. */
export function commandBox(site: Site, argv: readonly string[], json: string | null): Markup {
  const line = commandLine(site, argv);
  return html`<div class="command"><code data-copy>${line}</code>${
    json === null ? '' : html` <a href="${json}" class="twin">JSON</a>`
  }</div>`;
}

/** As a person types it: without `--json`. */
export function commandLine(site: Site, argv: readonly string[]): string {
  const end = argv.indexOf('--');
  const typed = argv.filter((word, at) => word !== '--json' || (end >= 0 && at > end));
  return shellLine(['firn', ...site.globals, ...typed]);
}
