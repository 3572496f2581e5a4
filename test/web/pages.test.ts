import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { NAVIGATION } from '../../src/web/frame/navigation.ts';
import { firn } from '../cli/world.ts';
import { accessibilityFaults, startBrowser, visit, withoutBrowser } from '../support/web/browser.ts';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

/** Every page of the navigation, in every look: what is true of all of them. */
const LOOKS = [
  { width: 1440, dark: false },
  { width: 1440, dark: true },
  { width: 390, dark: false },
  { width: 390, dark: true },
] as const;

let folder: WebFolder;
let browser: Browser;
/** Those that other pages lead to: of a row, an execution, a file, and rows that were chosen. */
let others: readonly (readonly [path: string, name: string])[];
const basket = new URLSearchParams();

before(async () => {
  if (withoutBrowser !== false) return;
  [folder, browser] = await Promise.all([archivedFolder(4000), startBrowser()]);
  const argv = [
    'search',
    '--table',
    'tool_uses',
    '--tier',
    'warm',
    '--limit',
    '3',
    '--json',
    ...folder.globals,
  ];
  const { hits } = JSON.parse((await firn(argv, { cwd: folder.folder })).stdout);
  for (const { key } of hits) basket.append('item', JSON.stringify(['tool_uses', `id=${key[0]}`]));
  const [{ key, segment, row }] = hits;
  others = [
    [`/row?table=tool_uses&key=${key[0]}`, 'Row'],
    [`/timeline?of=${encodeURIComponent(`execution_id=${row.execution_id}`)}`, 'Timeline'],
    [`/archives/file?name=${encodeURIComponent(segment)}`, 'Archive file'],
    [`/restore?${basket}&to=hot`, 'Restore'],
  ];
});
after(async () => {
  await browser?.close();
  folder?.remove();
});

for (const look of LOOKS) {
  const seen = `at ${look.width} pixels, ${look.dark ? 'dark' : 'light'}`;
  test(`every page ${seen}: no fault in the console, nothing from elsewhere, nothing axe finds serious, no sideways scrolling`, {
    skip: withoutBrowser,
  }, async (t) => {
    const { server } = await serveFolder(t, folder);
    await using visitor = await visit(browser, server, look);
    for (const [path, name] of [...NAVIGATION, ...others]) {
      const response = await visitor.page.goto(`${server.url}${path}`);
      assert.equal(response?.status(), 200, name);
      assert.deepEqual(await accessibilityFaults(visitor.page), [], name);
      const sideways = await visitor.page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.ok((sideways as number) <= 0, `${name}: ${sideways} pixels too wide`);
      assert.deepEqual(visitor.faults, [], name);
    }
  });
}

test('the forms of changes, and their plans, have nothing that axe finds serious, in light and dark', {
  skip: withoutBrowser,
}, async (t) => {
  for (const look of [LOOKS[0], LOOKS[3]]) {
    const { server } = await serveFolder(t, folder, { allowChanges: true });
    await using visitor = await visit(browser, server, look);
    const paths = ['/runs', '/holds', '/do/job?mode=daily', `/do/restore-rows?${basket}&to=hot`];
    for (const path of [...paths, ...others.map(([one]) => one)]) {
      assert.equal((await visitor.page.goto(`${server.url}${path}`))?.status(), 200, path);
      assert.deepEqual(await accessibilityFaults(visitor.page), [], path);
      assert.deepEqual(visitor.faults, [], path);
    }
  }
});

test('printed, a page has its content and no controls, and nothing is cut at the side', {
  skip: withoutBrowser,
}, async (t) => {
  const { server } = await serveFolder(t, folder, { allowChanges: true });
  await using visitor = await visit(browser, server, { width: 720 });
  const { page } = visitor;
  await page.emulateMedia({ media: 'print' });
  for (const [path, name] of [...NAVIGATION, ...others]) {
    await page.goto(`${server.url}${path}`);
    assert.ok(await page.locator('main h1').isVisible(), name);
    assert.equal(await page.locator('button:visible, input:visible, nav:visible').count(), 0, name);
    const cut = await page.evaluate(
      'Math.max(0, ...[...document.querySelectorAll("main table, main svg, main pre")].map((one) => one.getBoundingClientRect().right - innerWidth))',
    );
    assert.ok((cut as number) <= 1, `${name}: ${cut} pixels are cut`);
  }
});

test('every page is complete without script: its heading, its content, and no word about script', {
  skip: withoutBrowser,
}, async (t) => {
  const { server } = await serveFolder(t, folder);
  await using visitor = await visit(browser, server, { script: false });
  for (const [path, name] of [...NAVIGATION, ...others]) {
    await visitor.page.goto(`${server.url}${path}`);
    assert.ok((await visitor.page.locator('main h1').textContent())?.startsWith(name), name);
    const text = (await visitor.page.locator('main').textContent()) ?? '';
    assert.ok(text.length > 150, `${name}: ${text}`);
    assert.doesNotMatch(text, /loading|enable javascript/i, name);
  }
});

test('by keyboard only: Tab reaches every link, field and button of every page, and shows where it is', {
  skip: withoutBrowser,
}, async (t) => {
  const { server } = await serveFolder(t, folder);
  await using visitor = await visit(browser, server);
  const { page } = visitor;
  for (const [path, name] of [...NAVIGATION, ...others]) {
    // The parts that are loaded after the page are there too.
    await page.goto(`${server.url}${path}`, { waitUntil: 'networkidle' });
    const all = (await page.evaluate(MARK_CONTROLS)) as number;
    assert.ok(all > 5, name);
    const reached = new Set<string>();
    for (let presses = 0; presses < all + 20 && reached.size < all; presses += 1) {
      await page.keyboard.press('Tab');
      const at = (await page.evaluate(FOCUSED)) as { mark: string | null; shown: boolean };
      if (at.mark === null) continue;
      reached.add(at.mark);
      assert.ok(at.shown, `${name}: nothing shows the focus on control ${at.mark}`);
    }
    assert.equal(reached.size, all, name);
  }
});

/** Numbers what a person can reach with a mouse. */
const MARK_CONTROLS = `(() => {
  const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((element) => element.checkVisibility() || element.closest('svg') !== null);
  controls.forEach((element, at) => element.setAttribute('data-mark', String(at)));
  return controls.length;
})()`;

const FOCUSED = `(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  return { mark: element.getAttribute('data-mark'), shown: style.outlineStyle !== 'none' && style.outlineWidth !== '0px' };
})()`;

for (const [path, name] of NAVIGATION) {
  test(`${name} has a command to copy, a JSON twin, and no word that a program forgot to say`, {
    skip: withoutBrowser,
  }, async (t) => {
    const trial = await serveFolder(t, folder);
    const text = await (await trial.get(path)).text();
    assert.match(text, /<code data-copy>firn /);
    assert.match(text, /class="twin"/);
    assert.doesNotMatch(text, /\bNaN\b|\bundefined\b|\[object|Invalid Date/);
    const [, twin] = /<a href="([^"]+)" class="twin"/.exec(text)!;
    const json = await trial.get(twin!.replaceAll('&amp;', '&'));
    assert.equal(json.status, 200);
    JSON.parse(await json.text());
  });
}
