/**
 * Makes the pictures of the web page in docs/images from the demonstration's data: `npm run screenshots`. Needs chromium on the PATH.
 * The same data and the same time give the same pictures.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser, visit, withoutBrowser } from '../test/support/web/browser.ts';
import { archivedFolder, serveFolder } from '../test/support/web/web-trial.ts';

const IMAGES = join(import.meta.dirname, '..', 'docs', 'images');
const ROWS = 60_000;

/** Name of the picture, its page, and whether it is taken in the dark or on a phone. */
const PICTURES: readonly (readonly [
  name: string,
  path: string,
  look: { width?: number; dark?: boolean; height?: number },
])[] = [
  ['overview', '/', {}],
  ['overview-dark', '/', { dark: true }],
  ['search', '/search?table=tool_uses&text=failed', {}],
  ['archives', '/archives', {}],
  ['policies', '/policies?table=tool_uses&hot=3d&cold=180d', {}],
  [
    'sql',
    `/sql?${new URLSearchParams({ q: 'SELECT start_time[:10] AS day, count(*) AS uses FROM tool_uses GROUP BY 1 ORDER BY 1 LIMIT 40' })}`,
    {},
  ],
  ['phone', '/', { width: 390, height: 800 }],
];

if (withoutBrowser !== false) throw new Error(withoutBrowser);
mkdirSync(IMAGES, { recursive: true });
const ends: (() => unknown)[] = [];
const folder = await archivedFolder(ROWS);
const browser = await startBrowser();
try {
  const { server } = await serveFolder({ after: (fn) => ends.push(fn) }, folder);
  for (const [name, path, { height = 860, ...look }] of PICTURES) {
    // Each token opens one browser: a server of its own for each picture.
    const own =
      name === PICTURES[0]![0]
        ? server
        : (await serveFolder({ after: (fn) => ends.push(fn) }, folder)).server;
    await using visitor = await visit(browser, own, { width: 1200, ...look });
    await visitor.page.setViewportSize({ width: look.width ?? 1200, height });
    await visitor.page.goto(`${own.url}${path}`, { waitUntil: 'networkidle' });
    // The folder of this run is nobody's business, and new each time.
    await visitor.page.evaluate(
      "document.querySelectorAll('.database').forEach((place) => { place.textContent = 'ideas.db'; })",
    );
    await visitor.page.screenshot({ path: join(IMAGES, `web-${name}.png`) });
    process.stdout.write(`docs/images/web-${name}.png\n`);
  }
} finally {
  await browser.close();
  for (const end of ends) await end();
  folder.remove();
}
