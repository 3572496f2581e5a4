// npm run executable -- [OUTPUT]: Firn with its Node.js in one file, without DuckDB. Run npm run build before.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
/** The first line of releases that has --build-sea is 25.5; it is taken from npm, for this machine. */
const NODE = `node-${process.platform}-${process.arch}`;
const VERSION = '26.10.0';
const CONTENT = [
  ...[
    'bin/*.js',
    'dist/program/modules/*.js',
    'dist/licenses.txt',
    'assets/web/*',
    'schema/*',
    'package.json',
  ],
  ...['node_modules/uplot/package.json', 'node_modules/uplot/dist/uPlot.esm.js'],
  'node_modules/uplot/dist/uPlot.min.css',
];

const output = resolve(process.argv[2] ?? join(ROOT, 'dist', 'executable', 'firn'));
const work = mkdtempSync(join(tmpdir(), 'firn-executable-'));
try {
  const files = globSync(CONTENT, { cwd: ROOT })
    .filter((name) => statSync(join(ROOT, name)).isFile())
    .sort();
  if (!files.includes(join('dist', 'program', 'modules', 'entry.js')))
    throw new Error('run npm run build first');
  const hash = createHash('sha256');
  for (const name of files) hash.update(name).update(readFileSync(join(ROOT, name)));
  writeFileSync(join(work, 'files.json'), JSON.stringify({ id: hash.digest('hex').slice(0, 16), files }));
  const settings = {
    ...{
      main: join(import.meta.dirname, 'executable-main.cjs'),
      output,
      disableExperimentalSEAWarning: true,
    },
    assets: {
      'files.json': join(work, 'files.json'),
      ...Object.fromEntries(files.map((name) => [name, join(ROOT, name)])),
    },
  };
  writeFileSync(join(work, 'settings.json'), JSON.stringify(settings));
  writeFileSync(join(work, 'package.json'), '{ "private": true }');
  mkdirSync(dirname(output), { recursive: true });
  run('npm', ['install', '--prefix', work, '--no-audit', '--no-fund', '--silent', `${NODE}@${VERSION}`]);
  run(join(work, 'node_modules', NODE, 'bin', 'node'), ['--build-sea', join(work, 'settings.json')]);
} finally {
  rmSync(work, { recursive: true });
}

function run(program: string, argv: readonly string[]): void {
  const { status } = spawnSync(program, argv, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${program} ${argv.join(' ')} failed`);
}
