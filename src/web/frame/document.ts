import { html, type Markup, trusted } from './markup.ts';
import { NAVIGATION } from './navigation.ts';
import type { Site } from './site.ts';

/** The parts of a page around what it shows, so that a page can be sent while its answer is still coming. */
export interface Document {
  readonly title: string;
  /** The path in the navigation. */
  readonly path: string;
  readonly site: Site;
}

const HEAD = trusted(
  '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">' +
    '<meta name="color-scheme" content="light dark">' +
    '<link rel="icon" href="/assets/firn.svg"><link rel="stylesheet" href="/assets/uplot.css">' +
    '<link rel="stylesheet" href="/assets/firn.css"><script src="/assets/firn.js" type="module" async></script>',
);

/** Everything before the content of a page. */
export function documentStart({ title, path, site }: Document): Markup {
  return html`<!doctype html>
<html lang="en">
<head>${HEAD}<title>${title} · Firn</title></head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
  <a class="brand" href="/"><img src="/assets/firn.svg" alt="" width="22" height="22">Firn</a>
  <nav aria-label="Pages"><ul>${NAVIGATION.map(
    ([to, name]) =>
      html`<li><a href="${to}"${to === path ? trusted(' aria-current="page"') : ''}>${name}</a></li>`,
  )}</ul></nav>
  <span class="database" title="${site.database}">${site.database}</span>
</header>
<main id="content" tabindex="-1">
<h1>${title}</h1>
`;
}

/** Everything after it. */
export function documentEnd({ site }: Document): Markup {
  return html`
</main>
<footer class="bottom">${
    site.allowChanges ? 'Changes are allowed on this page.' : 'This page is read-only.'
  } <span class="as-of">${site.clock().toISOString().slice(0, 19)}Z</span></footer>
</body>
</html>
`;
}

/** A page that is sent at once. */
export function wholeDocument(about: Document, content: Markup): Markup {
  return html`${documentStart(about)}${content}${documentEnd(about)}`;
}

/** A page without navigation, for who is not known. */
export function bare(title: string, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>${HEAD}<title>${title} · Firn</title></head>
<body><main id="content" class="bare"><h1>${title}</h1>${body}</main></body>
</html>
`;
}
