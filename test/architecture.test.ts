import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const SRC = resolve(import.meta.dirname, '..', 'src');
const LONGEST_FILE = 300;

/** From the bottom up: a file imports from its own layer and from those below. Layers of one row do not see each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['model'],
  ['format', 'lock'],
  ['hot', 'archive'],
  ['copying'],
  ['lifecycle', 'lookup'],
  ['operate'],
  ['config'],
  ['stores'],
  ['demo'],
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
