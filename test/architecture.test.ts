import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const SRC = resolve(import.meta.dirname, '..', 'src');
const LONGEST_FILE = 300;
const LARGEST_FOLDER = 15;
/** A folder of sources that implements a store; only `stores/` may choose one. The local disk is below several of them, and the index is a file of any of them. */
const BACKEND = /^(hot|archive)\/(?!(disk|bucket|index)\/)[^/]+\//;

/** From the bottom up: a file imports from its own layer and from those below. Layers of one row do not see each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['model'],
  ['format', 'lock'],
  ['hot', 'archive'],
  ['copying', 'lake'],
  ['lifecycle', 'lookup'],
  ['operate'],
  ['config'],
  ['stores'],
  ['demo'],
  ['library'],
  ['index'],
  ['web'],
  ['cli'],
];

interface Source {
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  /** Code without comments and strings. */
  readonly code: string;
  readonly imports: readonly string[];
  /** Imported when they are needed, or started as a thread. */
  readonly lazyImports: readonly string[];
  readonly threads: readonly string[];
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map(readSource);

function readSource(path: string): Source {
  const text = readFileSync(join(SRC, path), 'utf8');
  const uncommented = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return {
    path,
    layer: layerOf(path),
    text,
    code: uncommented.replace(/'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, "''"),
    imports: targets(path, uncommented, /(?:^|\s)(?:from|import)\s+'(\.[^']+)'/g),
    lazyImports: targets(path, uncommented, /\b(?:import|new URL)\(\s*'(\.[^']+\.ts)'/g),
    threads: targets(path, uncommented, /\bnew URL\(\s*'(\.[^']+\.ts)'/g),
  };
}

function targets(path: string, code: string, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].map(([, target]) =>
    relative(SRC, resolve(SRC, dirname(path), target as string)),
  );
}

function layerOf(path: string): string {
  const [first, ...rest] = path.split('/') as [string, ...string[]];
  if (rest.length > 0) return first;
  return first.replace('.ts', '');
}

function rank(layer: string): number {
  return LAYERS.findIndex((row) => row.includes(layer));
}

test('the sources were found, and each is in a known layer', () => {
  assert.ok(sources.length >= 20, `${sources.length} files`);
  for (const layer of ['model', 'format', 'hot', 'archive', 'lifecycle', 'cli']) {
    assert.ok(
      sources.some((source) => source.layer === layer),
      layer,
    );
  }
  for (const { path, layer } of sources) assert.notEqual(rank(layer), -1, path);
  const edges = sources.reduce((sum, { imports }) => sum + imports.length, 0);
  assert.ok(edges >= sources.length, `${edges} imports`);
});

test('every relative import names a file that is there', () => {
  const known = new Set(sources.map(({ path }) => path));
  for (const { path, imports, lazyImports } of sources) {
    for (const target of [...imports, ...lazyImports])
      assert.ok(known.has(target), `${path} imports ${target}`);
  }
});

test('imports point down the layers only', () => {
  const wrong = sources.flatMap(({ path, layer, imports, lazyImports }) =>
    [...imports, ...lazyImports]
      .filter((target) => {
        const other = layerOf(target);
        return other !== layer && rank(other) >= rank(layer);
      })
      .map((target) => `${path} imports ${target}`),
  );
  assert.deepEqual(wrong, []);
});

test('no file imports itself in a circle, lazy imports included', () => {
  const importsOf = new Map(
    sources.map(({ path, imports, lazyImports, threads }) => [
      path,
      [...imports, ...lazyImports.filter((target) => !threads.includes(target))],
    ]),
  );
  const finished = new Set<string>();
  function visit(path: string, trail: readonly string[]): void {
    const at = trail.indexOf(path);
    assert.equal(at, -1, [...trail.slice(at), path].join(' → '));
    if (finished.has(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  }
  for (const { path } of sources) visit(path, []);
});

test('only stores/ imports a backend, by the scheme of its location', () => {
  const wrong = sources.flatMap(({ path, imports, lazyImports }) =>
    [...imports, ...lazyImports]
      .filter((target) => {
        const backend = BACKEND.exec(target)?.[0];
        return backend !== undefined && !path.startsWith(backend) && !path.startsWith('stores/');
      })
      .map((target) => `${path} imports ${target}`),
  );
  assert.deepEqual(wrong, []);
  assert.ok(sources.some(({ path, lazyImports }) => path.startsWith('stores/') && lazyImports.length > 5));
});

test('the folders of a room do not import each other in a circle', () => {
  const folders = new Map<string, Set<string>>();
  for (const { path, imports, lazyImports } of sources) {
    const from = dirname(path);
    const known = folders.get(from) ?? new Set();
    for (const target of [...imports, ...lazyImports])
      if (dirname(target) !== from) known.add(dirname(target));
    folders.set(from, known);
  }
  const finished = new Set<string>();
  function visit(folder: string, trail: readonly string[]): void {
    const at = trail.indexOf(folder);
    assert.equal(at, -1, [...trail.slice(at), folder].join(' → '));
    if (finished.has(folder)) return;
    for (const target of folders.get(folder) ?? []) visit(target, [...trail, folder]);
    finished.add(folder);
  }
  for (const folder of folders.keys()) visit(folder, []);
});

test(`no folder has more than ${LARGEST_FOLDER} files`, () => {
  const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: join('test', path) }));
  const sizes = Map.groupBy([...sources, ...tests], ({ path }) => dirname(path));
  const large = [...sizes]
    .filter(([, files]) => files.length > LARGEST_FOLDER)
    .map(([folder, files]) => `${folder}: ${files.length}`);
  assert.deepEqual(large, []);
});

test('no two files have the same name', () => {
  const named = Map.groupBy(sources, ({ path }) => basename(path));
  const twice = [...named].filter(([, files]) => files.length > 1).map(([name]) => name);
  assert.deepEqual(twice, []);
});

test(`no file has more than ${LONGEST_FILE} lines`, () => {
  const long = sources
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST_FILE);
  assert.deepEqual(long, []);
});

test('only the command line knows the process', () => {
  const mention = /(?<![.\w])process\s*[.[?]|globalThis\.process|\bconsole\s*\./;
  // The run lock tells others its process id; that changes nothing and decides nothing.
  const importing = /import (?!\{ pid \} )[^;]* from 'node:process'/;
  const wrong = sources.filter(
    ({ layer, code, text }) => layer !== 'cli' && (mention.test(code) || importing.test(text)),
  );
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  );
});

test('within the command line only its entry knows the process', () => {
  const mentioning = sources.filter(({ layer, code }) => layer === 'cli' && /\bprocess\s*\./.test(code));
  assert.deepEqual(
    mentioning.map(({ path }) => path),
    ['cli/entry.ts'],
  );
});
