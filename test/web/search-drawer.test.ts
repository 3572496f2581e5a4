import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandRunner } from '../../src/web/command-runner.ts';
import { serveWeb } from '../../src/web/server/serve-web.ts';
import { TEST_NOW } from '../cli/world.ts';
import { startBrowser, visit, withoutBrowser } from '../support/web/browser.ts';
import { ON_LOOPBACK } from '../support/web/web-trial.ts';

const HIT = {
  ...{ table: 'tool_uses', tier: 'hot', time: '2026-05-31T10:00:00Z', segment: null, path: null },
  ...{ key: ['t-1'], key_columns: ['id'], row: { id: 't-1', tool: 'Read' } },
};
const EXPLAINED = {
  ...{ command: 'explain', table: 'tool_uses', key_columns: ['id'], key: ['t-1'], found: true, policy: null },
  places: [
    {
      tier: 'hot',
      path: null,
      since: null,
      kept: [],
      same_row: null,
      time: HIT.time,
      next: null,
      row: HIT.row,
    },
  ],
  ...{ referred_by: [], unit: null, traces: [], problems: [] },
};

test('a row opens beside the list while the search still runs', { skip: withoutBrowser }, async () => {
  const rest = Promise.withResolvers<void>();
  const runner: CommandRunner = {
    start: async ([command]) => ({
      stdout: stdoutOf(command ?? '', rest.promise),
      ended: Promise.resolve({ status: 0, stderr: '' }),
      cancel: () => rest.resolve(),
    }),
  };
  const site = {
    runner,
    allowChanges: false,
    database: 'ideas.db',
    globals: [],
    clock: () => new Date(TEST_NOW),
  };
  await using server = await serveWeb(site, ON_LOOPBACK);
  const browser = await startBrowser();
  try {
    await using visitor = await visit(browser, server);
    const { page } = visitor;
    await page.goto(`${server.url}/search?table=tool_uses`, { waitUntil: 'commit' });
    await page.locator('a[data-drawer]').click();
    await page.locator('dialog[open] dl.cells').getByText('Read').waitFor();
    assert.equal(await page.evaluate('document.readyState'), 'loading');
    assert.deepEqual(visitor.faults, []);
  } finally {
    rest.resolve();
    await browser.close();
  }
});

test('a page that fails while it is sent says so at its end', async (t) => {
  const runner: CommandRunner = {
    start: async () => ({
      stdout: stdoutOf('retention', Promise.resolve()),
      ended: Promise.resolve({ status: 0, stderr: '' }),
      cancel: () => undefined,
    }),
  };
  const site = { runner, allowChanges: false, database: 'x', globals: [], clock: () => new Date(TEST_NOW) };
  const server = await serveWeb(site, ON_LOOPBACK);
  t.after(() => server[Symbol.asyncDispose]());
  const entered = await fetch(server.entrance, { redirect: 'manual' });
  const cookie = entered.headers.getSetCookie()[0]!.split(';')[0]!;
  // An answer without anything that the overview needs.
  const text = await (await fetch(server.url, { headers: { cookie } })).text();
  assert.match(text, /<h1>Overview<\/h1>[\s\S]*role="alert" class="problem">/);
});

/** A search that has found one row and looks for more; every other answer is complete. */
async function* stdoutOf(command: string, rest: Promise<void>): AsyncIterable<Uint8Array> {
  if (command === 'explain') yield Buffer.from(JSON.stringify(EXPLAINED));
  else if (command === 'retention') yield Buffer.from('{}');
  else if (command === 'search') {
    yield Buffer.from(`{\n  "command": "search",\n  "hits": [\n    ${JSON.stringify(HIT)}`);
    await rest;
  }
}
