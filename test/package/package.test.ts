import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { installIn, mustRun, nodeRelease, packPackage, runIn } from './packed-package.ts';
import { testSnippets } from './snippets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'firn-package-'));
after(() => rmSync(place, { recursive: true, force: true }));

const packed = packPackage(place);
const prefix = join(place, 'global');
mustRun(place, 'npm', [
  'install',
  '--global',
  '--prefix',
  prefix,
  '--no-audit',
  '--no-fund',
  '--silent',
  packed.tarball,
]);
const modules = join(prefix, 'lib', 'node_modules');
const program = join(prefix, 'bin', 'firn');
const manifest = JSON.parse(readFileSync(join(modules, 'firn-db', 'package.json'), 'utf8'));

/** Another installation: in a project, without DuckDB. */
const project = installIn(join(place, 'project'), packed.tarball, '--omit=optional');
const local = join(project, 'node_modules', '.bin', 'firn');

/** Runs the installed program with a Node.js. */
function firn(node: string, cwd: string, ...argv: readonly string[]) {
  return runIn(cwd, node, [program, ...argv]);
}

test('the package has what a user needs, and no tests, benchmarks, sources or maps', () => {
  const strange = packed.files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(bin|dist|assets|schema|docs)\/|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path),
    );
  assert.deepEqual(strange, []);
  for (const { path } of packed.files) {
    assert.doesNotMatch(path, /\.map$|\.test\.|(?<!\.d)\.ts$|^docs\/(images|decisions)\//);
  }
  assert.ok(packed.size < 1_200_000, `${packed.size} bytes packed`);
  assert.ok(packed.files.length < 600, `${packed.files.length} files`);
  const licences = readFileSync(join(modules, 'firn-db', 'dist', 'licenses.txt'), 'utf8');
  for (const name of ['commander', 'valibot', 'yaml', 'hono', 'pino']) {
    assert.match(licences, new RegExp(`^${name} [\\d.]+ \\((MIT|ISC)\\)\n\n.*\\w`, 'm'));
  }
});

const hasMandoc = spawnSync('mandoc', ['-V']).error === undefined;

test('a man page of each command is installed', () => {
  const pages = readdirSync(join(prefix, 'share', 'man', 'man1')).sort();
  const built = readdirSync(join(modules, 'firn-db', 'dist', 'man')).sort();
  assert.ok(pages.includes('firn.1') && pages.includes('firn-retention-status.1'));
  // `man` of package.json has one line for each: npm does not look for them.
  assert.deepEqual(pages, built);
});

test('mandoc finds no fault in the man pages', {
  skip: !hasMandoc && 'SKIPPED: mandoc is not installed',
}, () => {
  const folder = join(prefix, 'share', 'man', 'man1');
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', ...readdirSync(folder)], {
    cwd: folder,
    encoding: 'utf8',
  });
  // The same sources give the same page: it has no date.
  const faults = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'));
  assert.deepEqual(faults, []);
  const shown = spawnSync('mandoc', ['-T', 'ascii', 'firn-archive.1'], {
    cwd: folder,
    encoding: 'utf8',
  }).stdout;
  assert.match(shown.replace(/.\x08/g, ''), /^ *firn archive tool_uses --older-than 0d/m);
});

const releases = [
  { version: process.versions.node, ...{ node: process.execPath } },
  { version: '26.10.0', ...nodeRelease(place, '26.10.0') },
];

for (const release of releases) {
  const { version } = release;
  const skip = 'skip' in release ? { skip: release.skip } : {};
  const node = 'node' in release ? release.node : '';

  test(`Node.js ${version}: the installed program archives, bundles, asks in SQL and verifies`, skip, () => {
    const folder = join(place, `demo-${version}`);
    const demo = firn(node, place, 'demo', '--dir', folder, '--rows', '2000');
    assert.equal(demo.status, 0, demo.stderr);
    assert.match(demo.stdout, /have the same rows and values as before/);
    const early = ['--consolidate-only', '--older-than', '0d', '--json'];
    const moved = firn(node, folder, 'cleanup', 'archives', ...early);
    assert.equal(moved.status, 0, moved.stderr);
    assert.ok(JSON.parse(moved.stdout).consolidation.consolidated > 0, moved.stdout);
    const asked = firn(node, folder, 'sql', "SELECT 'n', count(*) FROM tool_uses", '--format', 'csv');
    assert.equal(asked.status, 0, asked.stderr);
    assert.match(asked.stdout, /^n,[1-9]/m);
    const verified = firn(node, folder, 'verify', '--deep', '--json');
    assert.equal(verified.status, 0, verified.stderr);
  });

  test(`Node.js ${version}: the installed package serves its pages and files`, skip, async () => {
    const folder = join(place, `demo-${version}`);
    const server = spawn(node, [program, 'web', '--listen', '127.0.0.1:0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [address] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
      const { origin, searchParams } = new URL(address);
      const login = await fetch(address, { redirect: 'manual' });
      const cookie = login.headers
        .getSetCookie()
        .map((each) => each.split(';')[0])
        .join('; ');
      assert.ok(searchParams.has('token'));
      const page = await fetch(`${origin}/`, { headers: { cookie } });
      assert.equal(page.status, 200);
      assert.match(await page.text(), /tool_uses/);
      for (const file of ['firn.css', 'firn.js', 'plot.js', 'uplot.js', 'uplot.css']) {
        const asset = await fetch(`${origin}/assets/${file}`, { headers: { cookie } });
        assert.equal(asset.status, 200, file);
        assert.ok((await asset.text()).length > 500, file);
      }
    } finally {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
  });

  test(`Node.js ${version}: the library can be imported and required`, skip, () => {
    const seen = `const { FirnError, openFirn } = firn; console.log(typeof openFirn, new FirnError('io', 'm', { operation: 'o' }) instanceof Error)`;
    const imported = mustRun(modules, node, [
      '--input-type=module',
      '-e',
      `import * as firn from 'firn-db'; ${seen}`,
    ]);
    const required = mustRun(modules, node, [
      '--input-type=commonjs',
      '-e',
      `const firn = require('firn-db'); ${seen}`,
    ]);
    assert.deepEqual([imported, required], ['function true\n', 'function true\n']);
  });
}

/** The `node` of the PATH is of an earlier release on many machines, as on those of CI. */
const onPath = mustRun(place, 'node', ['--version']).trim().slice(1);
const older = [
  { version: '22.23.3', ...nodeRelease(place, '22.23.3') },
  ...(Number.parseInt(onPath, 10) < 24 ? [{ version: onPath, node: 'node' }] : []),
];

for (const release of older) {
  const { version } = release;
  const skip = 'skip' in release ? { skip: release.skip } : {};
  const node = 'node' in release ? release.node : '';

  test(`Node.js ${version}: program and library say what they need and what to do`, skip, () => {
    const ran = firn(node, place, 'status');
    assert.equal(ran.status, 1);
    assert.match(ran.stderr, /^firn needs /);
    for (const script of ["import { openFirn } from 'firn-db'; openFirn()", "await import('firn-db')"]) {
      const { status, stderr } = runIn(modules, node, ['--input-type=module', '-e', script]);
      assert.equal(status, 1);
      assert.match(stderr, /^Error: firn-db needs /m);
      for (const text of [ran.stderr, stderr]) {
        assert.match(text, /needs Node\.js 24 \(24\.19 or later\) or 26 \(26\.4 or later\); this is 2\d/);
        assert.match(text, /Install a newer Node\.js .*run "npm install node@24"/);
        assert.doesNotMatch(text, /sqlite|SyntaxError/i);
      }
    }
  });

  test(`Node.js ${version}: the program uses a newer one that is installed beside it`, skip, () => {
    const beside = join(project, 'node_modules', `node-${process.platform}-${process.arch}`);
    mkdirSync(join(beside, 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(beside, 'bin', 'node'));
    assert.equal(mustRun(project, node, [local, '--version']).trim(), manifest.version);
    rmSync(beside, { recursive: true });
  });
}

test('the declarations of the package need no other package than those of Node.js', () => {
  writeFileSync(
    join(project, 'use.ts'),
    "import { openFirn, type ArchiveAnswer, FirnError } from 'firn-db';\nexport const code: string = new FirnError('io', '', { operation: '' }).code;\nexport type { ArchiveAnswer };\nexport { openFirn };\n",
  );
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const types = ['--typeRoots', join(ROOT, 'node_modules', '@types'), '--types', 'node'];
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    'false',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'es2024,esnext.disposable',
  ];
  const { status, stdout } = runIn(project, process.execPath, [tsc, ...options, ...types, 'use.ts']);
  assert.equal(
    status,
    0,
    stdout
      .split('\n')
      .filter((line) => line.includes('firn-db'))
      .join('\n') || stdout.slice(0, 2000),
  );
});

test('without DuckDB, firn sql names the command that installs it, and that command does', () => {
  assert.ok(!existsSync(join(project, 'node_modules', '@duckdb')));
  const [database, argv] = [join(project, 'app.db'), ['sql', 'SELECT 1', '--db-path', 'app.db']];
  mustRun(project, process.execPath, [
    '-e',
    `new (require('node:sqlite').DatabaseSync)(${JSON.stringify(database)}).exec('CREATE TABLE tool_uses (id TEXT PRIMARY KEY, start_time TEXT)')`,
    '--input-type=commonjs',
  ]);
  const inProject = (...words: readonly string[]) => runIn(project, process.execPath, [local, ...words]);
  const refused = inProject(...argv);
  assert.equal(refused.status, 1);
  const command = /Install it with: (npm .*?)\. firn/.exec(refused.stderr)?.[1];
  assert.ok(command !== undefined, refused.stderr);
  mustRun(place, '/bin/sh', ['-c', `${command} --no-audit --no-fund --silent --ignore-scripts`]);
  const answered = inProject(...argv);
  assert.equal(answered.status, 0, answered.stderr);
});

const pages = join(place, 'pages');
mkdirSync(pages);
await testSnippets({ place: pages, bin: join(prefix, 'bin'), modules });
