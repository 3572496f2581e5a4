import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

/** A database that Firn does not know: jobs of the last 200 days and their log. */
function strangersDatabase(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`
    CREATE TABLE job (id INTEGER PRIMARY KEY, name TEXT, created_at TEXT);
    CREATE TABLE job_log (id INTEGER PRIMARY KEY, job_id INTEGER REFERENCES job (id), line TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO job SELECT i, 'job ' || i % 7, datetime('now', ((i - 2000) * 144) || ' minutes') FROM n;
    INSERT INTO job_log SELECT id, id, 'line of ' || name FROM job;
  `);
}

test(
  'every line of the five minutes runs in a fresh clone on a database of its own, and downloads nothing but what npm ci does',
  real,
  (t) => {
    const section = README.slice(README.indexOf('## Five minutes'), README.indexOf('`npx firn web --open`'));
    const lines = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, body]) =>
      body!.trim().split('\n'),
    );
    assert.equal(lines[0], 'npm ci');
    assert.ok(lines.length >= 6, `${lines.length} lines`);
    const clone = freshClone(t);
    strangersDatabase(join(clone, 'your.db'));
    const script = lines
      .slice(1)
      .map((line) => `echo '>>>' ${JSON.stringify(line.replace(/ +#.*/, ''))}\n${line}`)
      .join('\n');
    const { status, stdout, stderr } = run(clone, script);
    assert.equal(status, 0, `${stdout.slice(-2000)}\n${stderr}`);
    const answers = stdout.split(/^>>> /m);
    assert.equal(answers.length, lines.length);
    const answerTo = (start: string) => answers.find((answer) => answer.startsWith(start))!;
    assert.match(answerTo('npx firn init'), /managed: job, time column created_at/);
    assert.match(answerTo('npx firn archive all --dry-run'), /Total: 3\d\d\d records/);
    assert.match(answerTo('npx firn archive all\n'), /Total: 3\d\d\d records/);
    assert.match(answerTo('npx firn search'), /job_log/);
    assert.match(answerTo('npx firn verify'), /No problems found/);
  },
);

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
