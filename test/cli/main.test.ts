import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCommands, GROUPS } from '../../src/cli/command-list.ts';
import { EXIT_MEANINGS } from '../../src/cli/frame/exit-status.ts';
import { firn } from './world.ts';

test('help names every command and group with its summary, and ends well', async () => {
  const { status, stdout, stderr } = await firn(['--help']);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^Available commands/m);
  for (const option of ['--db-path', '--quiet', '--help', '--version'])
    assert.ok(stdout.includes(option), option);
  for (const [code, meaning] of EXIT_MEANINGS) assert.ok(stdout.includes(`${code}  ${meaning}`), meaning);
  const unwrapped = stdout.replace(/\s+/g, ' ');
  for (const { name, summary } of allCommands()) assert.ok(unwrapped.includes(`${name} ${summary}`), name);
});

test('bare firn prints its help and exits 1', async () => {
  const { status, stdout } = await firn([]);
  assert.equal(status, 1);
  assert.match(stdout, /Available commands/);
});

test('a group alone prints its help and exits 1, asked for help it exits 0', async () => {
  for (const { name } of GROUPS) {
    const alone = await firn([name]);
    assert.equal(alone.status, 1);
    const asked = await firn([name, '--help']);
    assert.equal(asked.status, 0);
    assert.equal(alone.stdout, asked.stdout);
  }
});

test('every command has help with its usage and an example, and points to the global options and exit codes', async () => {
  for (const { name, summary } of allCommands()) {
    const { status, stdout } = await firn([...name.split(' '), '--help']);
    assert.equal(status, 0, name);
    assert.ok(stdout.startsWith(summary), name);
    assert.ok(stdout.includes(`firn ${name}`), name);
    for (const heading of ['Usage:', 'Examples:', 'Global options and exit codes: firn --help']) {
      assert.ok(stdout.includes(heading), `${name}: ${heading}`);
    }
    for (const once of ['(FIRN_ARCHIVES', 'integrity alarm:'])
      assert.ok(!stdout.includes(once), `${name}: ${once}`);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, `${name}: ${line}`);
  }
});

test('the key of each option is its flag in camel case', async () => {
  for (const entry of allCommands()) {
    const { command } = await entry.load();
    for (const [key, { usage }] of Object.entries(command.options)) {
      const long = /--([a-z-]+)/.exec(usage)?.[1] ?? '';
      assert.equal(
        key,
        long.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        entry.name,
      );
    }
  }
});

test('no help is wider than 80 columns, with or without colour the same words', async () => {
  const plain = await firn(['--help']);
  const coloured = await firn(['--help'], { isTTY: true });
  assert.notEqual(coloured.stdout, plain.stdout);
  const colours = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  assert.equal(coloured.stdout.replace(colours, ''), plain.stdout);
  for (const line of plain.stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('an unknown command is wrong usage, and the one that was meant is suggested', async () => {
  for (const [typed, meant] of [
    [['completoin'], 'completion'],
    [['arch'], 'archive'],
    [['stat'], 'status'],
    [['ret'], 'retention'],
    [['policy'], 'retention policy'],
    [['retention', 'pol'], 'policy'],
    [['hold', 'remov'], 'remove'],
  ] as const) {
    const { status, stdout, stderr } = await firn(typed);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`unknown command '${typed.at(-1)}'\n.*Did you mean ${meant}\\?`));
  }
  assert.doesNotMatch((await firn(['foo'])).stderr, /Did you mean/);
});

test('a summary fits beside the name of its command, in at most 60 characters', () => {
  for (const { name, summary } of [...allCommands(), ...GROUPS]) {
    assert.ok(summary.length <= 60, `${name}: ${summary.length}`);
  }
});

test('firn help archive is firn archive --help, and nothing is explained that does not exist', async () => {
  assert.deepEqual(await firn(['help', 'archive']), await firn(['archive', '--help']));
  assert.deepEqual(await firn(['help', 'retention', 'policy']), await firn(['retention', 'policy', '-h']));
  assert.deepEqual(await firn(['help']), await firn(['--help']));
  for (const argv of [
    ['help', 'archve'],
    ['archve', '--help'],
    ['--db-path', 'x', 'archve', '-h'],
  ]) {
    const { status, stderr } = await firn(argv);
    assert.equal(status, 2, argv.join(' '));
    assert.match(stderr, /archive/);
  }
  assert.equal((await firn(['retention', 'polcy', '--help'])).status, 2);
});

test('with --verbose the source of each path is said, and what did not count', async () => {
  const { stderr } = await firn(['retention', 'policy', '--verbose', '--db-path', '/a.db'], {
    env: { FIRN_DB: '/b.db' },
  });
  assert.match(stderr, /database: \/a\.db \(--db-path\)\n {2}not \/b\.db \(FIRN_DB\)/);
  assert.match(stderr, /archives: \/nowhere\/archives \(default\)/);
});

test('an unknown option is wrong usage, and the one that was meant is suggested', async () => {
  for (const [typed, meant] of [
    [['completion', 'bash', '--quite'], '--quiet'],
    [['archive', 'all', '--dry'], '--dry-run'],
    [['retention', 'status', '--jsno'], '--json'],
  ] as const) {
    const { status, stderr } = await firn(typed);
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`Did you mean ${meant}\\?`));
  }
});

test('global options are understood before and after the command', async () => {
  for (const argv of [
    ['--db-path', 'x.db', 'completion', 'bash'],
    ['completion', 'bash', '--db-path', 'x.db'],
    ['completion', '--db-path=x.db', 'bash'],
  ]) {
    assert.equal((await firn(argv)).status, 0, argv.join(' '));
  }
});

test('an argument too many, or one missing, is wrong usage', async () => {
  assert.equal((await firn(['completion'])).status, 2);
  assert.equal((await firn(['completion', 'bash', 'zsh'])).status, 2);
  assert.equal((await firn(['completion', 'tcsh'])).status, 2);
});

test('--version prints the version of package.json', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  assert.deepEqual(await firn(['--version']), { status: 0, stdout: `${manifest.version}\n`, stderr: '' });
});
