import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { callHook } from '../../../src/operate/alarms/hooks.ts';

const page = readFileSync(new URL('../../../docs/notifications.md', import.meta.url), 'utf8');
const missing = ['curl', 'jq'].filter((tool) => spawnSync('which', [tool]).status !== 0);
const tools = missing.length === 0 ? {} : { skip: `SKIPPED: ${missing.join(', ')} not installed` };

/** Hostile where a shell, JSON, a form or a mail could stumble. */
const SAID = `disk "full" & $(touch pwned) \`id\` 'x' \\n <b>\nécrit 🧊 100%`;

const failure = {
  event: 'failure',
  database: '/srv/app data/ideas.db',
  run: { command: 'job --mode daily', outcome: 'failed', message: SAID },
};
const overdue = {
  event: 'overdue',
  database: '/srv/app data/ideas.db',
  jobs: [
    { job: 'daily', message: 'the daily job is overdue by 2d' },
    { job: 'weekly', message: SAID },
  ],
};
const FAILED = `Firn: /srv/app data/ideas.db: job --mode daily failed: ${SAID}`;
const OVERDUE = `Firn: /srv/app data/ideas.db: the daily job is overdue by 2d; ${SAID}`;

interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const folder = mkdtempSync(join(tmpdir(), 'firn-notify-'));
const requests: Request[] = [];
let answer = 200;
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  requests.push({ url: request.url!, headers: request.headers, body });
  response.writeHead(answer).end('ok');
});
let address = '';
const path = process.env.PATH;

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.PATH = `${folder}:${path}`;
  tool('firn-message', /```sh file=firn-message\n(.*?)```/s.exec(page)![1]!);
  tool('sendmail', `#!/bin/sh\necho "$@" > '${folder}/mail'; cat >> '${folder}/mail'\n`);
  tool('firn', `#!/bin/sh\necho "attention: $(echo "$@")"; exit 1\n`);
  writeFileSync(join(folder, 'slack.conf'), `url = "${address}/services/SECRET"\n`);
  writeFileSync(join(folder, 'pushover.conf'), 'form-string = "token=SECRET"\nform-string = "user=me"\n');
});

after(() => {
  process.env.PATH = path;
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function tool(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
}

/** The text of a recipe, with the addresses of this test. */
function recipe(name: string): string {
  const block = new RegExp(`\`\`\`\\w+ recipe=${name}\n(.*?)\`\`\``, 's').exec(page);
  assert.ok(block !== null, name);
  return block[1]!.replaceAll(/https:\/\/[a-z.-]+/g, address).replaceAll('/etc/firn', folder);
}

type Hooks = Record<'on_failure' | 'on_overdue', { command: string }>;

/** Calls a hook of a recipe, and resolves to what went wrong and what the server got. */
async function call(
  name: string,
  hook: keyof Hooks,
  message: object,
): Promise<[string | null, Request | undefined]> {
  requests.length = 0;
  const { hooks } = parse(recipe(name)) as { hooks: Hooks };
  const problem = await callHook(hooks[hook], message);
  return [problem, requests[0]];
}

test('ntfy gets the message as it is', tools, async () => {
  const [problem, got] = await call('ntfy', 'on_failure', failure);
  assert.deepEqual([problem, got?.url, got?.body], [null, '/your-topic', `${FAILED}\n`]);
  assert.deepEqual([got?.headers.title, got?.headers.priority], ['Firn', 'high']);
  const [, late] = await call('ntfy', 'on_overdue', overdue);
  assert.equal(late?.body, `${OVERDUE}\n`);
});

test('Slack gets JSON, and the secret address stays in its file', tools, async () => {
  const [problem, got] = await call('slack', 'on_failure', failure);
  assert.deepEqual([problem, got?.url], [null, '/services/SECRET']);
  assert.deepEqual(JSON.parse(got!.body), { text: `${FAILED}\n` });
  assert.equal(got!.headers['content-type'], 'application/json');
  answer = 500;
  const [failed] = await call('slack', 'on_overdue', overdue).finally(() => {
    answer = 200;
  });
  assert.match(failed ?? '', /500/);
  assert.doesNotMatch(failed ?? '', /SECRET/);
});

test('Pushover gets a form, with the token from its file', tools, async () => {
  const [problem, got] = await call('pushover', 'on_failure', failure);
  assert.equal(problem, null);
  const type = String(got!.headers['content-type']);
  const form = await new Response(got!.body, { headers: { 'content-type': type } }).formData();
  const fields = Object.fromEntries([...form].map(([key, value]) => [key, String(value).trimEnd()]));
  const message = FAILED.replaceAll('\n', '\r\n');
  assert.deepEqual(
    { ...fields, message: fields.message?.replaceAll(/\r?\n/g, '\r\n') },
    { token: 'SECRET', user: 'me', title: 'Firn', priority: '1', message },
  );
});

test('sendmail gets a mail with headers, an empty line and the message', tools, async () => {
  assert.deepEqual(await call('email', 'on_failure', failure), [null, undefined]);
  const [args, ...mail] = readFileSync(join(folder, 'mail'), 'utf8').split('\n');
  assert.equal(args, '-t');
  assert.deepEqual(mail.slice(0, 4), [
    'To: ops@example.org',
    'Subject: Firn needs attention',
    'Content-Type: text/plain; charset=utf-8',
    '',
  ]);
  assert.equal(mail.slice(4).join('\n'), `${FAILED}\n`);
});

test('a ping has the status and the exit code', tools, async () => {
  requests.length = 0;
  // Not in this process, whose server has to answer.
  const problem = await callHook({ command: recipe('ping') }, {});
  assert.deepEqual([problem, requests[0]?.url], [null, '/your-uuid/1']);
  assert.equal(requests[0]?.body, 'attention: status --check --quiet');
  const [, hook] = await call('ping-hook', 'on_failure', failure);
  assert.deepEqual([hook?.url, JSON.parse(hook!.body)], ['/your-uuid/fail', failure]);
});

test('every hook of the page is a configuration that Firn accepts', async () => {
  const { loadConfig } = await import('../../../src/config/load.ts');
  const blocks = [...page.matchAll(/```yaml[^\n]*\n(.*?)```/gs)].map(([, text]) => text!);
  assert.ok(blocks.length >= 6);
  for (const text of blocks) loadConfig({ flags: {}, env: {}, cwd: '/x', readFile: () => text });
});
