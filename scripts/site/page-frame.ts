import { posix } from 'node:path';
import { escaped } from './escaped-markup.ts';
import type { Chapter, SitePage } from './site-pages.ts';

/** A whole page: search, chapters, and the document. Works from a folder, without a server; without script only the search is missing. */
export function framedPage(chapters: readonly Chapter[], page: SitePage, body: string): string {
  const up = posix.relative(posix.dirname(page.target), '.') || '.';
  const to = (path: string): string => posix.relative(posix.dirname(page.target), path);
  const chapter = ({ title, pages }: Chapter): string =>
    `<details${pages.includes(page) ? ' open' : ''}><summary>${escaped(title)}</summary><ul>${pages
      .map(
        (each) =>
          `<li><a href="${escaped(to(each.target))}"${each === page ? ' aria-current="page"' : ''}>${escaped(each.title)}</a></li>`,
      )
      .join('')}</ul></details>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(page.title)}${page.title === 'Firn' ? '' : ' – Firn'}</title>
<link rel="stylesheet" href="${up}/site.css">
<link rel="icon" href="${up}/firn.svg">
</head>
<body>
<a class="skip" href="#page">Skip to the page</a>
<aside>
<a class="brand" href="${up}/index.html">Firn</a>
<form role="search" hidden><label>Search <input type="search" name="q" autocomplete="off" aria-controls="found"></label><ol id="found" aria-live="polite"></ol></form>
<nav aria-label="Pages">${chapters.map(chapter).join('\n')}</nav>
</aside>
<main id="page">
${body}</main>
<script src="${up}/minisearch.js"></script>
<script src="${up}/sections.js"></script>
<script src="${up}/site.js" data-up="${up}"></script>
</body>
</html>
`;
}
