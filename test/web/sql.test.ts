import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser, visit, withoutBrowser } from '../support/web/browser.ts';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
let browser: Browser;
before(async () => {
  folder = await archivedFolder(3000);
  if (withoutBrowser === false) browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  folder.remove();
});

const address = (q: string, path = '/sql'): string => `${path}?${new URLSearchParams({ q })}`;

test('a query over all tiers is answered as a table, as JSON, as CSV and as JSON Lines', async (t) => {
  const { get } = await serveFolder(t, folder);
  const count = 'SELECT count(*) AS n FROM tool_uses';
  const [{ n }] = (await (await get(address(count, '/sql.json'))).json()) as [{ n: number }];
  assert.ok(n > 500);
  assert.ok((await (await get(address(count))).text()).includes(`<td class="number">${n}</td>`));
  assert.equal(await (await get(address(count, '/sql.jsonl'))).text(), `{"n":${n}}\n`);
  const csv = await get(address(count, '/sql.csv'));
  assert.equal(csv.headers.get('content-disposition'), 'attachment; filename="firn.csv"');
  assert.match(await csv.text(), new RegExp(`^n\r?\n${n}\r?\n$`));
});

test('a page shows 500 rows of a large result and stops the query; the statement is never an option', async (t) => {
  const { get, runner } = await serveFolder(t, folder);
  const page = await (await get(address('SELECT range AS i FROM range(1000000)'))).text();
  assert.match(page, /The first 500 rows/);
  assert.equal(page.match(/<td class="number">/g)?.length, 500);
  assert.equal(runner.cancelled(), 1);
  await get(address('--version'));
  assert.deepEqual(runner.started.at(-1)?.slice(-2), ['--', '--version']);
});

test('cells with HTML, scripts and control characters are text', async (t) => {
  const { get } = await serveFolder(t, folder);
  const page = await (
    await get(
      address(
        `SELECT '<script>alert(1)</script>' AS "<b>", '"><img src=x onerror=alert(1)>' || chr(27) || chr(8238) AS c UNION ALL SELECT 'x', 'y'`,
      ),
    )
  ).text();
  assert.doesNotMatch(page, /<script>alert|<img src=x|<th><b>/);
  assert.doesNotMatch(page, /[\x1b\u202e]/);
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
});

test('a statement that fails or writes is refused in words', async (t) => {
  const { get } = await serveFolder(t, folder);
  for (const wrong of [
    'SELECT nothing FROM tool_uses',
    'DROP TABLE tool_uses',
    "SELECT * FROM read_text('/etc/passwd')",
  ]) {
    const page = await (await get(address(wrong))).text();
    assert.match(page, /role="alert"/, wrong);
    assert.doesNotMatch(page, /root:x:/);
  }
});

test('by keyboard only: the editor takes a query, Ctrl+Enter runs it, and the plot is drawn', {
  skip: withoutBrowser,
}, async (t) => {
  const { server } = await serveFolder(t, folder);
  await using visitor = await visit(browser, server);
  const { page } = visitor;
  await page.goto(`${server.url}/sql`);
  while ((await page.evaluate('document.activeElement.name')) !== 'q') await page.keyboard.press('Tab');
  await page.keyboard.type(
    'SELECT _tier, count(*) AS n, min(start_time)[:10] AS day FROM tool_uses GROUP BY 1',
  );
  await Promise.all([page.waitForURL(/\?q=/), page.keyboard.press('Control+Enter')]);
  await page.locator('figure[data-plot] canvas').waitFor();
  assert.equal(await page.locator('[aria-label="Result"] tbody tr').count(), 3);
  assert.deepEqual(visitor.faults, []);
});
