import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { CHANGES } from '../../src/web/pages/changes/offered.ts';
import { createPlans } from '../../src/web/pages/changes/plans.ts';
import { firn } from '../cli/world.ts';
import { startBrowser, visit, withoutBrowser } from '../support/web/browser.ts';
import { archivedFolder, serveFolder, type WebFolder, type WebTrial } from '../support/web/web-trial.ts';

let folder: WebFolder;
let browser: Browser;
before(async () => {
  [folder, browser] = await Promise.all([
    archivedFolder(200),
    withoutBrowser === false ? startBrowser() : (undefined as never),
  ]);
});
after(async () => {
  await browser?.close();
  folder.remove();
});

const HOLD = new URLSearchParams({ table: 'tool_uses', where: 'tool=Read', reason: 'incident <42>' });

test('without --allow-changes every change is refused, as plan and as confirmation, and no form is shown', async (t) => {
  const { server, get, runner } = await serveFolder(t, folder);
  const before = runner.started.length;
  for (const { name } of CHANGES) {
    assert.equal((await get(`/do/${name}?${HOLD}`)).status, 403, name);
    assert.equal((await post(server.url, get, name, 'x')).status, 403, name);
  }
  assert.equal(runner.started.length, before);
  for (const path of ['/runs', '/holds']) {
    const text = await (await get(path)).text();
    assert.doesNotMatch(text, /\/do\//);
    assert.match(text, /<code data-copy>firn [^<]* (?:pause|hold add --table=TABLE [^<]*)<\/code>/);
  }
});

test('a plan changes nothing; its confirmation does what it showed, once', async (t) => {
  const trial = await changing(t);
  const { server, get } = trial;
  const { secret, text } = await planOf(trial, `hold-add?${HOLD}`);
  assert.match(
    text,
    /firn [^<]* hold add --table=tool_uses --where=tool=Read &#39;--reason=incident &lt;42&gt;&#39;/,
  );
  assert.deepEqual(await holdsOf(trial), []);
  const done = await (await post(server.url, get, 'hold-add', secret)).text();
  assert.match(done, /Hold 1 added[\s\S]*<strong>Done\.<\/strong>[\s\S]*Exit code 0/);
  const [hold] = await holdsOf(trial);
  assert.deepEqual([hold?.table, hold?.where, hold?.reason], ['tool_uses', ['tool=Read'], 'incident <42>']);
  assert.equal((await post(server.url, get, 'hold-add', secret)).status, 409);
  assert.equal((await holdsOf(trial)).length, 1);

  assert.match(await (await get('/holds')).text(), /incident &lt;42&gt;/);
  const removal = await planOf(trial, 'hold-remove?id=1');
  assert.equal(
    (await post(server.url, get, 'hold-add', removal.secret)).status,
    409,
    'a plan of another change',
  );
  const again = await planOf(trial, 'hold-remove?id=1');
  await (await post(server.url, get, 'hold-remove', again.secret)).text();
  assert.deepEqual(await holdsOf(trial), []);
});

test('a confirmation from another origin is refused (CSRF)', async (t) => {
  const trial = await changing(t);
  const { secret } = await planOf(trial, 'pause?');
  assert.equal((await post('http://evil.example', trial.get, 'pause', secret)).status, 403);
  assert.match(await (await trial.get('/runs')).text(), /The jobs are not paused/);
});

test('pause and resume act on the jobs', async (t) => {
  const trial = await changing(t);
  const { server, get } = trial;
  const pause = await planOf(trial, 'pause?for=2h&reason=--yes');
  assert.match(await (await post(server.url, get, 'pause', pause.secret)).text(), /Paused since/);
  assert.match(await (await get('/runs')).text(), /The jobs are paused<\/strong>: --yes, until/);
  const resume = await planOf(trial, 'resume');
  await (await post(server.url, get, 'resume', resume.secret)).text();
  assert.match(await (await get('/runs')).text(), /The jobs are not paused/);
});

test('a change with a dry run shows it before it can be confirmed; one whose dry run fails cannot be', async (t) => {
  const { get } = await changing(t);
  const text = await (await get('/do/job?mode=daily')).text();
  assert.match(text, /<h2>Plan<\/h2><pre tabindex="0">[\s\S]*&quot;dry_run&quot;: true[\s\S]*name="plan"/);
  const unknown = await (await get('/do/archive?table=no_such_table')).text();
  assert.match(unknown, /class="problem"/);
  assert.doesNotMatch(unknown, /name="plan"/);
});

test('no field becomes an option or a command of its own', async (t) => {
  const { get, runner } = await changing(t);
  for (const path of [
    'archive?table=--older-than%3D0d',
    'archive?table=-q',
    'archive?table=',
    'hold-remove?id=-1',
    'hold-remove?id=1%20--help',
    'job?mode=daily%20--max-runtime%3D1s',
    'hold-add?table=tool_uses&reason=a%00b',
    'hold-add?table=tool_uses',
    `pause?reason=${'x'.repeat(2001)}`,
  ]) {
    const before = runner.started.length;
    assert.equal((await get(`/do/${path}`)).status, 422, path);
    assert.equal(runner.started.length, before, path);
  }
  assert.equal((await get('/do/erase?target=all')).status, 404);
  const built = CHANGES.find(({ name }) => name === 'hold-add')!.commands(
    new URLSearchParams([
      ['table', '--db-path=/etc/x'],
      ['where', 'a=1\n--json\n\nb=-2'],
      ['reason', '-x; rm -rf /'],
    ]),
  );
  assert.deepEqual(built, [
    [
      ...['hold', 'add', '--table=--db-path=/etc/x', '--where=a=1', '--where=--json', '--where=b=-2'],
      '--reason=-x; rm -rf /',
    ],
  ]);
});

test('a change goes on when the browser leaves', async (t) => {
  const trial = await changing(t);
  const { server, get, runner } = trial;
  const { secret } = await planOf(trial, 'archive?table=tool_uses');
  const leaving = new AbortController();
  const response = await post(server.url, get, 'archive', secret, leaving.signal);
  assert.equal(response.status, 200);
  leaving.abort();
  const until = Date.now() + 10_000;
  let newest = '';
  while (newest !== 'archive tool_uses' && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { runs } = await jsonOf<{ runs: { command: string; outcome: string | null }[] }>(trial, 'history');
    const { lock } = await jsonOf<{ lock: object | null }>(trial, 'status');
    // The lock is let go of after the run has been recorded, and the next test needs it.
    if (runs[0]?.outcome === 'done' && lock === null) newest = runs[0].command;
  }
  assert.equal(newest, 'archive tool_uses');
  assert.equal(runner.cancelled(), 0);
});

test('a command that fails says so in words, with what it wrote', async (t) => {
  const trial = await changing(t);
  const { secret } = await planOf(trial, 'hold-remove?id=99');
  const text = await (await post(trial.server.url, trial.get, 'hold-remove', secret)).text();
  assert.match(text, /class="problem">error:[\s\S]*<strong>It failed\.<\/strong>[\s\S]*Exit code 1/);
});

test('an alarm is verified, acknowledged and resolved on the page; each has its effect', async (t) => {
  const trial = await changing(t);
  const { get } = trial;
  const { files } = await jsonOf<{ files: { path: string; tier: string }[] }>(trial, 'retention', 'files');
  const { path } = files.find(({ tier }) => tier === 'warm')!;
  const file = join(folder.folder, 'archives', path);
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, -1));
  const verify = `verify-file?${new URLSearchParams({ file: path })}`;
  assert.match(await confirmed(trial, verify), /<strong>Integrity alarm/);
  const open = await (await get('/holds')).text();
  assert.ok(open.includes(`<strong>${path}</strong>`) && open.includes('Verify this file now'), open);
  assert.match(await (await get('/')).text(), /Integrity alarm/);

  const words = new URLSearchParams({ path, reason: 'lost <with> disk 3' });
  assert.match(await confirmed(trial, `acknowledge?${words}`), /Acknowledged: [\s\S]*<strong>Done/);
  const acknowledged = await (await get('/holds')).text();
  assert.match(acknowledged, /No open alarm[\s\S]*lost &lt;with&gt; disk 3/);
  assert.doesNotMatch(await (await get('/')).text(), /Integrity alarm/);
  const { open_alarms: alarms } = await jsonOf<{ open_alarms: object[] }>(trial, 'status');
  assert.deepEqual(alarms, []);

  writeFileSync(file, whole);
  assert.match(await confirmed(trial, verify), /No problems found[\s\S]*<strong>Done/);
  assert.doesNotMatch(await (await get('/holds')).text(), /lost &lt;with&gt;/);
});

test('the rows that a hold keeps are counted on its page', async (t) => {
  const trial = await changing(t);
  await confirmed(trial, `hold-add?${HOLD}`);
  assert.match(await (await trial.get('/holds')).text(), /data-load="\/holds\/counts"/);
  const [{ rows }] = await trial.json('/holds/counts.json');
  const found = await jsonOf<{ hits: object[] }>(
    trial,
    'search',
    '--table',
    'tool_uses',
    '--where',
    'tool=Read',
  );
  assert.deepEqual([rows.total, rows.exact], [found.hits.length, true]);
  const page = await (await trial.get('/holds/counts')).text();
  assert.ok(page.includes(`<td class="number">${rows.total}</td>`), page);
  await confirmed(trial, 'hold-remove?id=1');
});

test('an old plan is worth nothing', () => {
  let now = 0;
  const plans = createPlans(() => now);
  const plan = { change: CHANGES[0]!, commands: [['pause']] };
  const [early, late] = [plans.show(plan), plans.show(plan)];
  now = 3_600_000;
  assert.deepEqual(plans.confirm(early)?.commands, [['pause']]);
  now += 1;
  assert.equal(plans.confirm(late), null);
});

for (const script of [true, false]) {
  test(`a hold is added by keyboard only, ${script ? 'with' : 'without'} script`, {
    skip: withoutBrowser,
  }, async (t) => {
    const trial = await changing(t);
    await using visitor = await visit(browser, trial.server, { script });
    const { page } = visitor;
    const reason = `by keyboard, script ${script}`;
    await page.goto(`${trial.server.url}/holds?table=tool_uses&where=tool%3DRead`);
    await page.focus('input[name=reason]');
    await page.keyboard.type(reason);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/do\/hold-add/);
    while (!(await page.locator('button.primary:focus').count())) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Done.').waitFor();
    assert.equal((await holdsOf(trial)).at(-1)?.reason, reason);
    assert.deepEqual(visitor.faults, []);
  });
}

/** A server that allows changes. Each test leaves the folder without a pause. */
function changing(t: Parameters<typeof serveFolder>[0]): Promise<WebTrial> {
  return serveFolder(t, folder, { allowChanges: true });
}

/** Shows the plan of a change, confirms it, and gives the page with the output. */
async function confirmed(trial: WebTrial, change: string): Promise<string> {
  const { secret } = await planOf(trial, change);
  const [name = ''] = change.split('?');
  return (await post(trial.server.url, trial.get, name, secret)).text();
}

async function planOf({ get }: WebTrial, change: string): Promise<{ secret: string; text: string }> {
  const response = await get(`/do/${change}`);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return { secret: /name="plan" value="([^"]+)"/.exec(text)![1]!, text };
}

function post(
  origin: string,
  get: WebTrial['get'],
  name: string,
  plan: string,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const body = new URLSearchParams({ plan });
  return get(`/do/${name}`, { method: 'POST', headers: { origin }, body, signal });
}

async function jsonOf<T>({ globals, folder: cwd }: WebFolder, ...argv: string[]): Promise<T> {
  return JSON.parse((await firn([...argv, '--json', ...globals], { cwd })).stdout) as T;
}

function holdsOf(trial: WebFolder): Promise<{ table: string; where: string[]; reason: string }[]> {
  return jsonOf(trial, 'hold', 'list');
}
