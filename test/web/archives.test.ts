import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { archivedFolder, serveFolder, type WebFolder } from '../support/web/web-trial.ts';

let folder: WebFolder;
before(async () => {
  folder = await archivedFolder(3000);
});
after(() => folder.remove());

interface Files {
  readonly total: { readonly rows: number; readonly segments: number };
  readonly files: readonly { readonly segment: string; readonly day: string; readonly table: string }[];
}

test('the calendar leads to every day that has files, and the list names the files of the chosen day', async (t) => {
  const { get } = await serveFolder(t, folder);
  const { total, files } = (await (await get('/archives.json')).json()) as Files;
  const page = await (await get('/archives')).text();
  const days = new Set(files.map(({ day }) => day));
  assert.ok(days.size > 20);
  for (const day of days) assert.match(page, new RegExp(`aria-label="${day}: [0-9]`));
  assert.ok(page.includes(`${total.rows.toLocaleString('en')} rows in ${total.segments} files`));
  const [day] = days;
  const listed = await (await get(`/archives?of=${day}`)).text();
  for (const file of files) {
    const address = `/archives/file?${new URLSearchParams({ name: file.segment })}`;
    assert.equal(listed.includes(address), file.day === day, file.segment);
  }
});

test('a table has its own files only, and a name that begins with a dash is no option', async (t) => {
  const { get, runner } = await serveFolder(t, folder);
  const { files } = (await (await get('/archives.json?table=tool_uses')).json()) as Files;
  assert.ok(files.length > 10 && files.every(({ table }) => table === 'tool_uses'));
  const page = await get('/archives?table=--version');
  assert.match(await page.text(), /role="alert"[^>]*>[^<]*--version/);
  assert.deepEqual(runner.started.at(-1)?.slice(-2), ['--', '--version']);
});

test("a file's page shows its footer and blocks; a name that no file has is said", async (t) => {
  const { get } = await serveFolder(t, folder);
  const { files } = (await (await get('/archives.json?table=tool_uses')).json()) as Files;
  const { segment } = files[0]!;
  const page = await (await get(`/archives/file?${new URLSearchParams({ name: segment })}`)).text();
  assert.match(page, /SHA-256 of the lines<\/dt><dd>[0-9a-f]{64}/);
  assert.match(page, /<th scope="row">execution_id<\/th>/);
  const none = await (await get('/archives/file?name=2020-01-01/tool_uses.jsonl.gz')).text();
  assert.match(none, /role="alert"/);
});

test('the effect of other times is that of firn plan, with the change of the file', async (t) => {
  const { get } = await serveFolder(t, folder);
  const query = new URLSearchParams({ table: 'tool_uses', hot: '2d', cold: '30d' });
  const page = await (await get(`/policies?${query}`)).text();
  const plan = (await (await get(`/policies.json?part=plan&${query}`)).json()) as {
    tables: { changed: { archive: { records: number }; forecasts: { days: number }[] } }[];
  };
  const { archive, forecasts } = plan.tables[0]!.changed;
  assert.ok(archive.records > 0);
  assert.ok(page.includes(`<td>${archive.records.toLocaleString('en')} (`), String(archive.records));
  assert.deepEqual(
    forecasts.map(({ days }) => days),
    [0, 30, 365],
  );
  assert.ok(page.includes('-    hot: 7d\n+    hot: 2d\n-    cold: 365d\n+    cold: 30d'));
  const wrong = await (await get('/policies?table=tool_uses&hot=soon')).text();
  assert.match(wrong, /role="alert"[^>]*>[^<]*soon/);
  const twin = await get('/policies.json?part=plan&table=tool_uses&hot=soon');
  assert.equal(twin.status, 422);
  assert.match(
    ((await twin.json()) as { error: { message: string } }).error.message,
    /"soon" is not a duration/,
  );
});
