import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serviceManager } from '../../../src/operate/service/sd-notify.ts';

/** The other end of the socket, as systemd would hold it: prints each datagram. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    for line in s.recv(4096).decode().splitlines():
        print(line, flush=True)
`;

const there = ['systemd-notify', 'python3'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const real = there
  ? {}
  : { skip: 'SKIPPED: systemd-notify or python3 is not installed (apt: systemd python3)' };

test('systemd is told READY, WATCHDOG at half its time, and STOPPING', real, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-notify-'));
  const path = join(folder, 'notify.sock');
  const listener = spawn('python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => {
    listener.kill();
    rmSync(folder, { recursive: true });
  });
  let heard = '';
  listener.stdout.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  await once(listener.stdout, 'data');
  const problems: string[] = [];
  const manager = serviceManager({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '60000000' }, (problem) =>
    problems.push(problem),
  );
  await manager.ready('daily is due at two\nor so');
  await manager.alive(0);
  await manager.alive(20_000);
  await manager.alive(31_000);
  await manager.stopping();
  while (!heard.includes('STOPPING=1')) await once(listener.stdout, 'data');
  const words = heard.split('\n').filter((line) => /^(READY|STATUS|WATCHDOG|STOPPING)=/.test(line));
  assert.deepEqual(problems, []);
  assert.deepEqual(words, [
    'READY=1',
    'STATUS=daily is due at two or so',
    'WATCHDOG=1',
    'WATCHDOG=1',
    'STOPPING=1',
  ]);
});

test('a socket that nobody holds is said once, and does not stop anything', real, async () => {
  const problems: string[] = [];
  const manager = serviceManager({ NOTIFY_SOCKET: '/nonexistent/notify.sock' }, (problem) =>
    problems.push(problem),
  );
  await manager.ready('a');
  await manager.status('b');
  assert.equal(problems.length, 1);
});

test('without a socket nothing is started', async () => {
  const manager = serviceManager({}, () => assert.fail('nobody was to be told'));
  await manager.ready('a');
  await manager.alive(0);
  await manager.stopping();
});
