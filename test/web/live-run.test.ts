import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { setSizes } from '../../src/model/sizes.ts';
import { firn, type Outcome } from '../cli/world.ts';
import { startBrowser, visit, withoutBrowser } from '../support/web/browser.ts';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
let browser: Browser | undefined;
before(async () => {
  [folder, browser] = await Promise.all([
    archivedFolder(400),
    withoutBrowser === false ? startBrowser() : undefined,
  ]);
  // It rests between two transactions, of which there are several for the rows of one file.
  writeFileSync(join(folder.folder, 'firn.config.yaml'), 'pace: 0.1\n');
  setSizes({ firstDeletedRows: 2, fewestDeletedRows: 1, mostDeletedRows: 2 });
});
after(async () => {
  setSizes({});
  await browser?.close();
  folder.remove();
});

test('a real run is shown while it deletes rows, and its end ends the stream', async (t) => {
  const { get } = await serveFolder(t, folder);
  const run = await halfway(t, 'tool_uses');
  assert.match(await (await get('/runs')).text(), /data-events="\/runs\/events"/);
  const response = await get('/runs/events');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('event: part')) text += (await reader.read()).value;
  assert.match(text, /archive tool_uses[\s\S]*\(draining\): [1-9]\d* of \d+ rows? deleted/);
  assert.doesNotMatch(text, /event: end/);
  assert.equal((await run.end()).status, 0);
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) text += piece.value;
  assert.match(text, /Nothing runs now[\s\S]*event: end/);
});

test('the page follows a real run by itself', { skip: withoutBrowser }, async (t) => {
  const { server } = await serveFolder(t, folder);
  const run = await halfway(t, 'message_bus_log');
  await using visitor = await visit(browser!, server);
  const now = visitor.page.locator('section[aria-labelledby=now]');
  await visitor.page.goto(`${server.url}/runs`);
  await now.getByText('archive message_bus_log').waitFor();
  await run.end();
  await now.getByText('Nothing runs now.').waitFor();
  assert.deepEqual(visitor.faults, []);
});

/** An archive run that has deleted some rows and waits; `end` lets it go on to its end. */
async function halfway(t: TestContext, table: string): Promise<{ end(): Promise<Outcome> }> {
  const [gate, reached] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const sleep = (): Promise<void> => {
    reached.resolve();
    return gate.promise;
  };
  const argv = ['archive', table, '--older-than', '0d', ...folder.globals];
  const ended = firn(argv, { cwd: folder.folder, sleep });
  t.after(() => gate.resolve());
  await Promise.race([reached.promise, ended.then((end) => assert.fail(`it did not wait: ${end.stdout}`))]);
  return {
    end: () => {
      gate.resolve();
      return ended;
    },
  };
}
