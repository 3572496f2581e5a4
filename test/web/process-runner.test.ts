import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { processRunner } from '../../src/cli/web/process-runner.ts';
import type { CommandRunner } from '../../src/web/command-runner.ts';
import { archivedFolder, type WebFolder } from '../support/web/web-trial.ts';

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

test('firn web prints its address, serves a page, and ends at SIGTERM with all its processes', async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [LAUNCHER, 'web', ...folder.globals], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  const entrance = line.split('\n')[0]!;
  assert.match(entrance, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const opened = await fetch(entrance, { redirect: 'manual' });
  const cookie = opened.headers.getSetCookie()[0]!.split(';')[0]!;
  const page = await fetch(new URL('/', entrance), { headers: { cookie } });
  assert.match(await page.text(), /tool_uses/);
  child.kill('SIGTERM');
  const [status] = await once(child, 'exit');
  assert.equal(status, 0);
});
