import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HOSTILE, hostileFolder } from '../support/web/hostile-folder.ts';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
let hostile: WebFolder;
before(async () => {
  hostile = hostileFolder();
  folder = await archivedFolder(1000);
});
after(() => {
  folder.remove();
  hostile.remove();
});

for (const tier of ['hot', 'warm', 'cold'] as const) {
  test(`the life of a ${tier} row: when it was created, where it is, and when it is purged`, async (t) => {
    const trial = await serveFolder(t, folder);
    const found = await trial.json(`/search.json?table=tool_uses&tier=${tier}&limit=1`);
    const [{ key, path, time }] = found.hits;
    const page = await (await trial.get(`/row?table=tool_uses&key=${key[0]}`)).text();
    const [life = ''] = /<ol class="life">.*?<\/ol>/s.exec(page) ?? [];
    assert.ok(life.includes(`datetime="${time}`) && life.includes(`class="tier ${tier}"`), life);
    assert.match(life, /purged from <time/);
    assert.equal(path === null, !page.includes('File <code>'));
    if (path !== null) assert.ok(page.includes(`File <code>${path}</code>`));
    assert.match(page, /<dt>execution_id<\/dt>/);
    assert.match(page, /All rows with this execution_id/);
    assert.match(page, /<code data-copy>firn [^<]+ explain tool_uses /);
    const twin = await trial.json(`/row.json?table=tool_uses&key=${key[0]}`);
    assert.equal(twin.places[0].tier, tier);
  });
}

test('hostile keys and cells are text; JSON is folded out, BLOBs are digits, integers are whole', async (t) => {
  const trial = await serveFolder(t, hostile);
  const address = (key: string): string => `/row?${new URLSearchParams({ table: 'skill_traces', key })}`;
  const page = await (await trial.get(address(HOSTILE))).text();
  assert.doesNotMatch(page, /<script>alert|<img src=x|\u001b|\u202e/);
  assert.match(page, /<dd>&lt;script&gt;alert\(1\)/);
  assert.match(page, /<dd>9007199254740993<\/dd>/);
  assert.match(page, /<dd>x&#39;00ff&#39;<\/dd>/);
  // A key that looks like an option.
  const other = await (await trial.get(address('-5'))).text();
  assert.match(other, /<details><summary>.*<pre tabindex="0">\{\n {2}&quot;deep&quot;/s);
});

test('a row that is nowhere, one that is too large and an address without a key say so', async (t) => {
  const trial = await serveFolder(t, hostile);
  assert.match(await (await trial.get('/row?table=skill_traces&key=none')).text(), /not found in any tier/);
  assert.match(await (await trial.get('/row?table=skill_traces&key=large')).text(), /larger than 32 MiB/);
  assert.match(await (await trial.get('/row')).text(), /The address names no row/);
});
