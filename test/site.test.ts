import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { siteChapters } from '../scripts/site/site-pages.ts';
import { writeSite } from '../scripts/site/write-site.ts';
import { accessibilityFaults, startBrowser, withoutBrowser } from './support/web/browser.ts';

const ROOT = join(import.meta.dirname, '..');
const site = mkdtempSync(join(tmpdir(), 'firn-site-'));
after(() => rmSync(site, { recursive: true, force: true }));
writeSite(ROOT, site);
const targets = siteChapters(ROOT).flatMap(({ pages }) => pages.map(({ target }) => target));
const address = (target: string): string => pathToFileURL(join(site, target)).href;

test('every document is a page of the site, and every link and picture of a page is there', () => {
  assert.ok(targets.length > 60, `${targets.length} pages`);
  assert.equal(new Set(targets).size, targets.length);
  let links = 0;
  for (const target of targets) {
    const html = readFileSync(join(site, target), 'utf8');
    for (const [, to] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (/^https?:/.test(to!)) continue;
      links += 1;
      const url = new URL(to!.replaceAll('&amp;', '&'), address(target));
      const file = fileURLToPath(new URL(url.pathname, 'file://'));
      assert.ok(!relative(site, file).startsWith('..') && existsSync(file), `${target}: ${to}`);
      if (url.hash !== '')
        assert.ok(readFileSync(file, 'utf8').includes(`id="${decodeURIComponent(url.hash.slice(1))}"`), to);
    }
    assert.doesNotMatch(html, /src="https?:|<link[^>]+href="https?:/, `${target} loads from elsewhere`);
  }
  assert.ok(links > 2000, `${links} links`);
});

test('the site is searched from a folder without a server, by keyboard, and reads on a phone and in the dark', {
  skip: withoutBrowser,
}, async (t) => {
  const browser = await startBrowser();
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
  const faults: string[] = [];
  page.on('console', (message) => faults.push(message.text()));
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('request', (request) => {
    if (!request.url().startsWith('file://')) faults.push(request.url());
  });
  for (const target of ['index.html', 'format.html', 'cli.html', 'recipes/n8n.html', 'safety.html']) {
    await page.goto(address(target));
    const [wide, width] = (await page.evaluate(
      '[document.documentElement.scrollWidth, innerWidth]',
    )) as number[];
    assert.ok(wide! <= width!, `${target} is ${wide} pixels wide`);
  }
  await page.keyboard.press('/');
  await page.keyboard.type('bloom filters');
  await page.waitForSelector('#found a');
  await page.keyboard.press('Enter');
  await page.waitForURL(/format\.html#bloom-filters$/);
  assert.deepEqual(faults, []);
  // After the faults: axe-core tries to load the stylesheet, which a page from a folder may not.
  for (const target of ['index.html', 'format.html']) {
    await page.goto(address(target));
    assert.deepEqual(await accessibilityFaults(page), [], target);
  }
  const plain = await browser.newPage({ javaScriptEnabled: false });
  await plain.goto(address('recipes/index.html'));
  assert.equal(await plain.isVisible('[role=search]'), false);
  await plain.click('nav a[aria-current]');
});
