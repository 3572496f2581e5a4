import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser, visit, withoutBrowser } from '../support/web/browser.ts';
import { hostileFolder } from '../support/web/hostile-folder.ts';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
let hostile: WebFolder;
let browser: Browser | undefined;

before(async () => {
  hostile = hostileFolder();
  folder = await archivedFolder(3000);
  if (withoutBrowser === false) browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  folder.remove();
  hostile.remove();
});

const rowsOf = (page: string): string[] => page.match(/<tr><td>.*<\/tr>/g) ?? [];

test('hits of all tiers are listed with their key, and what was read is said', async (t) => {
  const trial = await serveFolder(t, folder);
  const page = await (await trial.get('/search?table=tool_uses&limit=2000')).text();
  const twin = await trial.json('/search.json?table=tool_uses&limit=2000');
  assert.equal(rowsOf(page).length, twin.count);
  for (const tier of ['hot', 'warm', 'cold']) assert.match(page, new RegExp(`class="tier ${tier}"`));
  const [id] = twin.hits[0].key;
  assert.ok(page.includes(`href="/row?table=tool_uses&amp;key=${id}" data-drawer`));
  assert.match(page, /Read [0-9,]+ of [0-9,]+ archived segments/);
  assert.match(page, /<code data-copy>firn --db-path [^<]+ search --table tool_uses --limit 2000</);
});

test('conditions, text, tier and order reach the command; what matches is marked', async (t) => {
  const trial = await serveFolder(t, folder);
  const words = new URLSearchParams([
    ...[
      ['text', 'Pytest'],
      ['where', 'tool=Bash'],
      ['where', ''],
      ['tier', 'cold'],
      ['order', 'oldest'],
    ],
  ] as [string, string][]);
  const page = await (await trial.get(`/search?${words}`)).text();
  const asked = trial.runner.started.find(([command]) => command === 'search');
  assert.deepEqual(asked, [
    ...[
      'search',
      '--where',
      'tool=Bash',
      '--tier',
      'cold',
      '--oldest',
      '--limit',
      '50',
      '--json',
      '--',
      'Pytest',
    ],
  ]);
  assert.match(page, /<mark>pytest<\/mark>/i);
  assert.doesNotMatch(page, /class="tier hot"/);
});

test('a histogram leads to narrower searches, and values add conditions', async (t) => {
  const trial = await serveFolder(t, folder);
  const page = await (await trial.get('/search/histogram?table=tool_uses&facet=tool')).text();
  assert.match(
    page,
    /<a href="\/search\?table=tool_uses&amp;since=2026-[^"]+&amp;until=2026-[^"]+" aria-label="2026-/,
  );
  assert.match(page, /href="\/search\?table=tool_uses&amp;where=tool%3DBash"/);
});

test('CSV and JSON Lines download every row', async (t) => {
  const trial = await serveFolder(t, folder);
  const count = (await trial.json('/search.json?table=tool_uses&limit=10000')).count;
  assert.ok(count > 50);
  for (const [format, header] of [
    ['csv', 1],
    ['jsonl', 0],
  ] as const) {
    const answer = await trial.get(`/search.${format}?table=tool_uses&limit=5`);
    assert.match(answer.headers.get('content-disposition')!, /^attachment/);
    const lines = (await answer.text()).trim().split('\n');
    assert.ok(lines.length >= count + header, format);
  }
});

test('a wrong condition is shown as a problem, not as an empty answer', async (t) => {
  const trial = await serveFolder(t, folder);
  const page = await (await trial.get('/search?where=nonsense')).text();
  assert.match(page, /class="problem"[^>]*>[^<]*is not a condition/);
  assert.doesNotMatch(page, /No rows found/);
});

test('hostile cells are text, and a row of 50 MB is named by its size and not held', async (t) => {
  const trial = await serveFolder(t, hostile);
  const page = await (await trial.get('/search')).text();
  assert.doesNotMatch(page, /<script>alert|<img src=x|\u001b|\u202e/);
  assert.match(page, /&lt;script&gt;alert\(1\)/);
  assert.match(page, /\\u001b\[31m/);
  assert.ok(page.length < 100_000, `${page.length} characters`);
  const rows = rowsOf(page);
  assert.equal(rows.length, 4);
  assert.match(rows[2]!, /key=large" data-drawer>large<.*This row is 52\.4 MB large/);
  // Every digit, of an integer that JavaScript rounds.
  assert.match(rows[1]!, /9007199254740993/);
});

test('what a visitor types is no option of the command', async (t) => {
  const trial = await serveFolder(t, hostile);
  const page = await (await trial.get('/search?text=--json&table=skill_traces')).text();
  assert.equal(rowsOf(page).length, 1);
  const table = await (await trial.get('/search?table=--db-path%3D%2Fetc%2Fpasswd')).text();
  assert.match(table, /class="problem"/);
  assert.equal(rowsOf(table).length, 0);
});

test('the beginning of the page is sent before the hits, hits before the end, and a closed tab stops the search', async (t) => {
  const trial = await serveFolder(t, folder);
  const tab = new AbortController();
  const response = await trial.get('/search?limit=10000', { signal: tab.signal });
  let seen = '';
  for await (const chunk of response.body!) {
    seen += Buffer.from(chunk).toString();
    if (rowsOf(seen).length > 0) break;
  }
  tab.abort();
  assert.match(seen, /<form action="\/search"/);
  assert.doesNotMatch(seen, /<\/html>/);
  for (let waited = 0; trial.runner.cancelled() === 0 && waited < 5000; waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(trial.runner.cancelled(), 1);
});

test('by keyboard: from the list into a row and back, with the histogram loaded', {
  skip: withoutBrowser,
}, async (t) => {
  const { server } = await serveFolder(t, folder);
  await using visitor = await visit(browser!, server);
  const { page } = visitor;
  await page.goto(`${server.url}/search?table=tool_uses&limit=5`);
  await page.locator('svg.bars a').first().waitFor();
  await page.locator('[aria-label="Rows found"]').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('dialog[open] dl.cells').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.deepEqual(visitor.faults, []);
});

test('without script: the form searches, and links lead to the histogram and the row', {
  skip: withoutBrowser,
}, async (t) => {
  const { server } = await serveFolder(t, folder);
  await using visitor = await visit(browser!, server, { script: false });
  const { page } = visitor;
  await page.goto(`${server.url}/search`);
  await page.getByLabel('Table').selectOption('tool_uses');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'Show the histogram' }).click();
  await page.locator('svg.bars a').first().waitFor();
  await page.goBack();
  await page.locator('a[data-drawer]').first().click();
  await page.locator('dl.cells').waitFor();
});
