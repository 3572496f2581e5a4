import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { firn } from '../cli/world.ts';
import { archivedFolder, serveFolder, type WebFolder, type WebTrial } from '../support/web/web-trial.ts';

let folder: WebFolder;
/** The key of a row that is in the archives only. */
let row: string;
before(async () => {
  folder = await archivedFolder(200);
  const found = await firn(
    ['search', '--table', 'tool_uses', '--until', '2026-05-01', '--limit', '1', '--json', ...folder.globals],
    { cwd: folder.folder },
  );
  row = JSON.parse(found.stdout).hits[0].row.id;
});
after(() => folder.remove());

test('an empty basket shows how much there is to restore', async (t) => {
  const { get } = await serveFolder(t, folder);
  const text = await (await get('/restore')).text();
  assert.match(text, /<strong>\d+ rows<\/strong> into restored\.db/);
  assert.match(text, /<th scope="row">tool_uses<\/th>/);
});

test('a basket is shown with its dry run and its command, and changes nothing', async (t) => {
  const { get, runner } = await serveFolder(t, folder);
  const text = await (await get(`/restore?table=tool_uses&where=id%3D${row}`)).text();
  assert.match(text, /<strong>1 row<\/strong> into restored\.db/);
  assert.match(
    text,
    new RegExp(`<code data-copy>firn [^<]* restore tool_uses --into=restored\\.db --where=id=${row}</code>`),
  );
  assert.doesNotMatch(text, /\/do\//);
  assert.ok(runner.started.every((argv) => argv.includes('--dry-run')));
  assert.ok(!existsSync(join(folder.folder, 'restored.db')));
});

test('the key of a row becomes the condition that selects it', async (t) => {
  const { get } = await serveFolder(t, folder);
  const lead = await get(`/restore?table=tool_uses&key=${row}`);
  assert.equal(lead.status, 302);
  assert.equal(lead.headers.get('location'), `/restore?table=tool_uses&where=id%3D${row}`);
  assert.equal((await get('/restore?table=tool_uses&key=no-such-row')).status, 404);
});

test('a key that begins with a hyphen is no option, and no fault', async (t) => {
  const { get } = await serveFolder(t, folder);
  assert.equal((await get('/restore?table=tool_uses&key=-5')).status, 404);
  assert.equal((await get('/restore?table=-x&key=-5')).status, 404);
});

test('single rows of several tables, ticked in searches, are restored by a command each', async (t) => {
  const trial = await serveFolder(t, folder, { allowChanges: true });
  const items: string[] = [];
  let page = '';
  for (const table of ['tool_uses', 'skill_traces']) {
    const query = new URLSearchParams([
      ...[
        ['table', table],
        ['tier', 'warm'],
        ['limit', '2'],
      ],
      ...items.map((item) => ['item', item]),
    ] as [string, string][]);
    page = await (await trial.get(`/search?${query}`)).text();
    const [, item] = /<input type="checkbox" form="basket" name="item" value="([^"]+)"/.exec(page)!;
    items.push(item!.replaceAll('&quot;', '"'));
  }
  assert.match(
    page,
    /<form id="basket" action="\/restore"><input type="hidden" name="item"[\s\S]*1 row chosen before/,
  );
  const basket = new URLSearchParams([
    ...items.map((item): [string, string] => ['item', item]),
    ...([
      ['to', 'file'],
      ['file', 'basket.db'],
    ] as [string, string][]),
  ]);
  const shown = await (await trial.get(`/restore?${basket}`)).text();
  assert.match(shown, /<strong>2 rows<\/strong> into basket\.db/);
  assert.match(shown, /restore --dry-run tool_uses [\s\S]*restore --dry-run skill_traces /);
  assert.ok(!existsSync(join(folder.folder, 'basket.db')));
  const done = await confirmed(trial, String(basket), 'restore-rows');
  assert.equal(done.match(/<strong>Done\.<\/strong>/g)?.length, 2);
  const ids = items.map((item) => (JSON.parse(item) as string[])[1]!.slice('id='.length));
  using database = new DatabaseSync(join(folder.folder, 'basket.db'), { readOnly: true });
  const found = database.prepare('SELECT id FROM tool_uses UNION ALL SELECT id FROM skill_traces').all();
  assert.deepEqual(
    found.map(({ id }) => id),
    ids,
  );
});

test('a basket of too many rows, and items that are none, are told and run nothing', async (t) => {
  const { get, runner } = await serveFolder(t, folder);
  const many = new URLSearchParams(
    Array.from({ length: 21 }, (_, at): [string, string] => [
      'item',
      JSON.stringify(['tool_uses', `id=${at}`]),
    ]),
  );
  assert.match(await (await get(`/restore?${many}`)).text(), /more than 20 rows/);
  assert.match(
    await (await get('/restore?item=x&item=%5B1%5D&item=%5B%22t%22%5D')).text(),
    /no row was chosen/,
  );
  assert.deepEqual(runner.started, []);
});

test('a file in another folder, a word that would be an option: told on the page, and no command runs', async (t) => {
  const { get, runner } = await serveFolder(t, folder);
  for (const query of [
    'table=tool_uses&file=../x.db',
    'table=tool_uses&file=/etc/x.db',
    'table=tool_uses&file=-x.db',
    'table=tool_uses&file=x',
    'table=--overwrite',
  ]) {
    assert.match(
      await (await get(`/restore?${query}`)).text(),
      /role="alert" class="problem">the field/,
      query,
    );
  }
  assert.deepEqual(runner.started, []);
});

test('a restore into a file is confirmed, and the row is in it', async (t) => {
  const trial = await serveFolder(t, folder, { allowChanges: true });
  assert.match(
    await (await trial.get(`/restore?table=tool_uses&where=id%3D${row}`)).text(),
    /action="\/do\/restore"/,
  );
  const done = await confirmed(trial, `table=tool_uses&where=id%3D${row}&to=file&file=one.db`);
  assert.match(done, /Total: 1 row[\s\S]*<strong>Done\.<\/strong>/);
  assert.deepEqual(idsIn(join(folder.folder, 'one.db'), row), [row]);
});

test('a restore into the live database gives the row a lease', async (t) => {
  const trial = await serveFolder(t, folder, { allowChanges: true });
  const database = join(folder.folder, 'ideas.db');
  assert.deepEqual(idsIn(database, row), []);
  const done = await confirmed(trial, `table=tool_uses&where=id%3D${row}&to=hot&for=2d`);
  assert.match(done, /--into=hot --where=id=\S+ --for=2d[\s\S]*Total: 1 row/);
  assert.deepEqual(idsIn(database, row), [row]);
});

test('the live database is no file to restore into', async (t) => {
  const { get } = await serveFolder(t, folder, { allowChanges: true });
  const plan = await (await get('/do/restore?table=tool_uses&to=file&file=ideas.db')).text();
  assert.match(plan, /the path is the live database/);
  assert.doesNotMatch(plan, /name="plan"/);
});

/** Shows the plan, confirms it, and gives the page with the output. */
async function confirmed({ server, get }: WebTrial, query: string, name = 'restore'): Promise<string> {
  const plan = await (await get(`/do/${name}?${query}`)).text();
  const [, secret = ''] = /name="plan" value="([^"]+)"/.exec(plan) ?? assert.fail(plan);
  const body = new URLSearchParams({ plan: secret });
  return (await get(`/do/${name}`, { method: 'POST', headers: { origin: server.url }, body })).text();
}

function idsIn(path: string, id: string): unknown[] {
  using database = new DatabaseSync(path, { readOnly: true });
  return database
    .prepare('SELECT id FROM tool_uses WHERE id = ?')
    .all(id)
    .map((row) => row.id);
}
