import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn } from '../world.ts';

/** Every command that may change a database or an archive. */
const CHANGING: readonly (readonly string[])[] = [
  ['archive', 'all'],
  ['cleanup', 'archives'],
  ['job', '--mode', 'daily'],
  ['job', '--mode', 'monthly'],
  ['verify', '--deep'],
  ['verify', '--sample', '5%'],
  ['rebuild'],
  ['reclaim'],
  ['restore', 'tool_uses', '--into', 'hot'],
  ['erase', '--table', 'tool_uses', '--where', 'tool=bash', '--yes'],
  ['hold', 'add', '--table', 'tool_uses', '--where', 'tool=bash', '--reason', 'why'],
  ['hold', 'remove', '1'],
];

/** A process that holds the archive's lock for another database, until it is killed. */
async function holdElsewhere(t: TestContext, { archives }: Ideas): Promise<() => Promise<void>> {
  const source = new URL('../../../src/archive/folder/folder-archive.ts', import.meta.url).href;
  const holder = {
    pid: 0,
    host: 'host-a',
    command: 'archive all',
    since: '2026-06-01',
    database: '/other.db',
  };
  const script = `import { openFolder } from ${JSON.stringify(source)};
    globalThis.lock = await openFolder(${JSON.stringify(archives)}).lock({ ...${JSON.stringify(holder)}, pid: process.pid });
    console.log('held'); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  t.after(end);
  await once(child.stdout, 'data');
  return end;
}

test('while another process holds the lock of the archive no command changes anything, and exit status 4 names it', async (t) => {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'tool_uses', '--older-than', '20d', ...ideas.paths])).status, 0);
  const end = await holdElsewhere(t, ideas);
  const before = ideas.ids('tool_uses');
  for (const words of CHANGING) {
    const { status, stderr } = await firn([...words, ...ideas.paths]);
    assert.equal(status, 4, `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, /archive all \(process \d+ on host-a.*\/other\.db.*archive/s, words.join(' '));
    assert.deepEqual(ideas.ids('tool_uses'), before, words.join(' '));
  }
  assert.equal((await firn(['search', '--table', 'tool_uses', ...ideas.paths])).status, 0);
  await end();
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
});

test('a run holds the lock of its archive against another database while it works', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'tool_uses', '--older-than', '20d', ...ideas.paths]);
  const copy = join(ideas.folder, 'copy.db');
  copyFileSync(ideas.database, copy);
  let [asked, beside] = [0, ''];
  // Asking on the terminal is in the middle of the run.
  const typed = {
    async *[Symbol.asyncIterator]() {
      asked++;
      const other = await firn(['cleanup', 'archives', '--db-path', copy, '--archive-path', ideas.archives]);
      beside = `${other.status} ${other.stderr}`;
      yield 'n';
    },
  };
  const late = Date.UTC(2029, 0, 1);
  await firn(['cleanup', 'archives', ...ideas.paths], { isTTY: true, now: late, lines: typed });
  assert.equal(asked, 1);
  assert.match(beside, /^4 .*cleanup archives .*lock of the archive/s);
});

test('a command that is not to make an archive makes none by its lock', async (t) => {
  const ideas = createIdeas(t);
  assert.equal((await firn(['reclaim', ...ideas.paths])).status, 0);
  assert.equal((await firn(['rebuild', ...ideas.paths])).status, 1);
  assert.equal(existsSync(ideas.archives), false);
});

test('the lock file names nobody to others: mode 0600, beside the database too', async (t) => {
  const ideas = createIdeas(t);
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  await firn(['archive', 'all', ...ideas.paths]);
  for (const path of [`${ideas.database}.firn-lock`, join(ideas.archives, '.firn-lock')]) {
    assert.equal(statSync(path).mode & 0o777, 0o600, path);
    assert.match(readFileSync(path, 'latin1'), /archive/);
  }
});
