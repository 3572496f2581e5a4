import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** A registry that answers nothing: whatever would be downloaded fails. */
const NO_REGISTRY = 'http://127.0.0.1:9';

/** What a clone has, with the dependencies that `npm ci` would install. */
function freshClone(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'firn-clone-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const clone = join(root, 'clone');
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name))))
    cpSync(join(ROOT, file), join(clone, file), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

function run(clone: string, script: string, cwd = clone) {
  const { FIRN_DB: _1, FIRN_ARCHIVES: _2, FIRN_CONFIG: _3, ...env } = process.env;
  return spawnSync('/bin/sh', ['-ec', script], {
    cwd,
    encoding: 'utf8',
    env: {
      ...env,
      // Not the one of these dependencies: a clone has it in no shell's PATH.
      PATH: (process.env.PATH ?? '')
        .split(':')
        .filter((folder) => !folder.includes('node_modules'))
        .join(':'),
      npm_config_registry: NO_REGISTRY,
      npm_config_cache: join(dirname(clone), 'npm-cache'),
      npm_config_update_notifier: 'false',
    },
  });
}

const hasNpx = spawnSync('npx', ['--version']).status === 0;
const real = hasNpx ? {} : { skip: 'SKIPPED: npx is not installed' };

test('the demonstration runs in a fresh clone, and downloads nothing but what npm ci does', real, (t) => {
  assert.match(README, /^npm ci && npx firn demo$/m);
  const { status, stdout, stderr } = run(freshClone(t), 'npx firn demo --rows 1000 --remove');
  assert.equal(status, 0, `${stdout.slice(-2000)}\n${stderr}`);
  assert.match(stdout, /have the same rows and values as before/);
});

test('npx firn and node bin/firn.js work in a clone, whatever npm would find elsewhere', real, (t) => {
  const clone = freshClone(t);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const [script, cwd] of [
    ['npx firn --version', clone],
    ['npx firn --version', join(clone, 'docs')],
    ['node bin/firn.js --version', clone],
    [`node '${join(clone, 'bin', 'firn.js')}' --version`, dirname(clone)],
  ] as const) {
    const { status, stdout, stderr } = run(clone, script, cwd);
    assert.deepEqual([status, stdout.trim()], [0, version], `${script} in ${cwd}: ${stderr}`);
  }
});

test('the package has a name of its own, and the program keeps its name', () => {
  const { name, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  assert.deepEqual([name, lock.name, lock.packages[''].name], ['firn-db', 'firn-db', 'firn-db']);
  assert.deepEqual(bin, { firn: 'bin/firn.js' });
});

test('no command line that the program prints is one of npx', () => {
  // In another folder than the clone, npx would fetch what has the program's name on npm.
  const { stdout } = spawnSync('git', ['grep', '-l', 'npx firn', '--', 'src', 'examples', 'bin'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.equal(stdout, '');
});

test('no page has a command that would run or install what others publish on npm', () => {
  // The name is free there until the first release: anybody could take it.
  const pages = ['README.md', ...globSync(['docs/*.md', 'docs/recipes/*.md'], { cwd: ROOT })];
  assert.ok(pages.length > 10);
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), 'utf8');
    assert.doesNotMatch(text, /\bnpx firn-db\b|\bnpm (i|install)\b[^\n`]*[ `]firn(-db)?(?![\w.-])/, page);
  }
});
