import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { allCommands } from '../../src/cli/command-list.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'firn.js');

function launch(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawnSync(process.execPath, [LAUNCHER, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

test('the launcher runs the program and hands its exit status on', () => {
  const help = launch(['--help']);
  assert.equal(help.stderr, '');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Available commands/);
  assert.equal(launch([]).status, 1);
  assert.equal(launch(['nonsense']).status, 2);
});

test('every command starts as a process', async () => {
  const helped = await Promise.all(
    allCommands().map(async ({ name, summary }) => {
      const argv = [LAUNCHER, ...name.split(' '), '--help'];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, argv);
      assert.equal(stderr, '', name);
      return stdout.startsWith(summary);
    }),
  );
  assert.ok(helped.length > 0 && helped.every(Boolean));
});

test('no module that help does not need is loaded for it', () => {
  const traced = launch(['--help'], { NODE_DEBUG: 'esm,module' });
  assert.equal(traced.status, 0);
  for (const heavy of [
    'valibot',
    'cli-table3',
    'log-update',
    'node_modules/yaml',
    'sqlite',
    'tar-stream',
    'croner',
  ]) {
    assert.ok(!traced.stderr.includes(heavy), heavy);
  }
});

test('an older Node.js finds nothing in the launcher that it cannot parse', () => {
  const source = readFileSync(LAUNCHER, 'utf8');
  // `??=`, `||=`, class fields, static blocks and top-level await came after Node 14.
  assert.doesNotMatch(source, /\?\?=|\|\|=|&&=|^await|static \{|#[a-z]/m);
});

test('a pipe whose reader leaves ends the program quietly', () => {
  const shell = spawnSync(
    'bash',
    ['-c', `set -o pipefail; "$0" "$1" --help | head -n 1`, process.execPath, LAUNCHER],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(shell.stderr, '');
  assert.equal(shell.stdout.split('\n').length, 2);
});
