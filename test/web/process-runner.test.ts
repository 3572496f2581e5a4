import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { processRunner } from '../../src/cli/web/process-runner.ts';
import type { CommandRunner } from '../../src/web/command-runner.ts';
import type { Site } from '../../src/web/frame/site.ts';
import { serveWeb } from '../../src/web/server/serve-web.ts';
import { hostileFolder, LARGE_BYTES } from '../support/web/hostile-folder.ts';
import { archivedFolder, ON_LOOPBACK, type WebFolder } from '../support/web/web-trial.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'firn.js');

let folder: WebFolder;
before(async () => {
  folder = await archivedFolder(2000);
});
after(() => folder.remove());

function runnerOn(limits: {
  spares?: number;
  running?: number;
  waiting?: number;
}): CommandRunner & AsyncDisposable {
  return processRunner({
    ...{ launcher: LAUNCHER, globals: folder.globals, cwd: folder.folder, env: process.env },
    ...limits,
  });
}

async function textOf(
  runner: CommandRunner,
  argv: readonly string[],
): Promise<{ text: string; status: number; stderr: string }> {
  const command = await runner.start(argv);
  const chunks: Uint8Array[] = [];
  for await (const chunk of command.stdout) chunks.push(chunk);
  return { text: Buffer.concat(chunks).toString(), ...(await command.ended) };
}

test('a command answers as in a terminal: its output, errors and exit status', async () => {
  await using runner = runnerOn({ spares: 1 });
  const policies = await textOf(runner, ['retention', 'policy', '--json']);
  assert.equal(policies.status, 0);
  assert.equal(JSON.parse(policies.text).tool_uses.hot_days, 7);
  const wrong = await textOf(runner, ['search', '--table', 'nowhere']);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /nowhere/);
});

test('a cancelled command ends, although nobody read its output', async () => {
  await using runner = runnerOn({ spares: 0 });
  const command = await runner.start(['search', '--format', 'jsonl']);
  for await (const _ of command.stdout) break;
  command.cancel();
  assert.notEqual((await command.ended).status, undefined);
});

test('more commands than may run wait, and more than may wait are refused', async () => {
  await using runner = runnerOn({ spares: 0, running: 1, waiting: 1 });
  const first = textOf(runner, ['retention', 'policy', '--json']);
  const second = textOf(runner, ['retention', 'policy', '--json']);
  await assert.rejects(runner.start(['status']), { code: 'unavailable' });
  assert.deepEqual([(await first).status, (await second).status], [0, 0]);
});

test('the processes that wait end with their runner', async () => {
  const runner = runnerOn({ spares: 2 });
  await textOf(runner, ['retention', 'policy', '--json']);
  await runner[Symbol.asyncDispose]();
});

test('more clients at once than there is room for are told to come back, and the server goes on', async () => {
  await using runner = runnerOn({ spares: 1, running: 2, waiting: 2 });
  await using server = await serveWeb(siteOn(runner), ON_LOOPBACK);
  const cookie = await cookieOf(server.entrance);
  const asked = Array.from({ length: 12 }, () => fetch(`${server.url}/policies`, { headers: { cookie } }));
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  assert.ok(statuses.includes(200) && statuses.includes(503), String(statuses));
  assert.ok(
    statuses.every((status) => status === 200 || status === 503),
    String(statuses),
  );
  assert.equal((await fetch(`${server.url}/policies`, { headers: { cookie } })).status, 200);
});

test('a client that takes nothing of a large answer holds up nobody, and frees its place when it goes', async () => {
  for (const places of [2, 1]) {
    await using runner = runnerOn({ spares: 1, running: places });
    await using server = await serveWeb(siteOn(runner), ON_LOOPBACK);
    const cookie = await cookieOf(server.entrance);
    const policies = async (): Promise<number> =>
      (await fetch(`${server.url}/policies`, { headers: { cookie } })).status;
    const { hostname, port } = new URL(server.url);
    const slow = connect({ host: hostname, port: Number(port) });
    const q = encodeURIComponent('SELECT repeat(range::VARCHAR, 100) AS r FROM range(300000)');
    slow.write(`GET /sql.jsonl?q=${q} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nCookie: ${cookie}\r\n\r\n`);
    // Its answer has begun: it has a place. It takes no more of it.
    await once(slow, 'data');
    slow.pause();
    if (places === 2) assert.equal(await policies(), 200);
    // With one place, this waits until the slow client's command has ended.
    const next = policies();
    slow.destroy();
    assert.equal(await next, 200);
  }
});

function siteOn(runner: CommandRunner): Site {
  return { runner, allowChanges: false, database: 'ideas.db', globals: [], clock: () => new Date() };
}

async function cookieOf(entrance: string): Promise<string> {
  const response = await fetch(entrance, { redirect: 'manual' });
  return response.headers.getSetCookie()[0]!.split(';')[0]!;
}

test('the memory of the server stays bounded while a row of 50 MB passes', {
  skip: process.platform === 'linux' ? false : 'reads /proc',
}, async (t) => {
  const { spawn } = await import('node:child_process');
  const large = hostileFolder();
  t.after(() => large.remove());
  const child = spawn(process.execPath, [LAUNCHER, 'web', ...large.globals], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const entrance = line.split('\n')[0]!;
  const cookie = await cookieOf(entrance);
  const bytesOf = async (path: string): Promise<number> => {
    let bytes = 0;
    const { body } = await fetch(new URL(path, entrance), { headers: { cookie } });
    for await (const chunk of body!) bytes += chunk.length;
    return bytes;
  };
  await bytesOf('/search?where=id%3Dlast');
  const before = peakOf(child.pid!);
  for (let passes = 0; passes < 3; passes += 1)
    assert.ok((await bytesOf('/search.jsonl?where=id%3Dlarge')) > LARGE_BYTES);
  assert.ok((await bytesOf('/search?where=id%3Dlarge')) < 1 << 20);
  const grown = peakOf(child.pid!) - before;
  // 200 MB pass in pieces, which leave some garbage. A server that held the row would have its pieces and the whole of them at once.
  assert.ok(grown < 1.6 * LARGE_BYTES, `${grown >> 20} MiB more`);
});

/** The most memory that a process had, in bytes. */
function peakOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kilobytes) * 1024;
}

test('firn web prints its address, serves a page, and ends at SIGTERM with all its processes', async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [LAUNCHER, 'web', ...folder.globals], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const entrance = line.split('\n')[0]!;
  assert.match(entrance, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const cookie = await cookieOf(entrance);
  const page = await fetch(new URL('/', entrance), { headers: { cookie } });
  assert.match(await page.text(), /tool_uses/);
  child.kill('SIGTERM');
  const [status] = await once(child, 'exit');
  assert.equal(status, 0);
});
