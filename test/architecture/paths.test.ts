import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const ROOT = resolve(import.meta.dirname, '..', '..');
const SRC = join(ROOT, 'src');
/** How many files may be told at most: each list is to be shorter than it was before readers, stoppers and filters were merged. */
const PATHS: Readonly<Record<string, number>> = {
  'A row from hot to warm': 30,
  'A row from warm to cold': 10,
  'A condition from `--where` to a block': 13,
};

interface Told {
  readonly depth: number;
  readonly path: string;
}

const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');

/** The contracts that the page names: whoever imports one knows those who import it too. */
const contracts = new Set(
  [.../between them \(([^)]*)\)/.exec(page)![1]!.matchAll(/`([^`]+\.ts)`/g)].map(([, name]) => name),
);

function listUnder(title: string): Told[] {
  const section = page.split(`\n### ${title}\n`)[1]?.split(/\n##+ /)[0] ?? '';
  return [...section.matchAll(/^( *)- \[`([^`]+)`\]\(([^)]+)\): /gm)].map(([, indent, path, link]) => {
    assert.equal(link, `../src/${path}`);
    return { depth: indent!.length / 2, path: path! };
  });
}

function importsOf(path: string): Set<string> {
  const code = readFileSync(join(SRC, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  const found = code.matchAll(/(?:\bfrom|\bimport\(|\bnew URL\()\s*'(\.[^']+\.ts)'/g);
  return new Set([...found].map(([, target]) => relative(SRC, resolve(SRC, dirname(path), target!))));
}

/** Whether a file can call another: it imports it, or both import a contract. */
function knows(caller: string, called: string): boolean {
  const [own, others] = [importsOf(caller), importsOf(called)];
  const shared = [...own].filter((target) => others.has(target));
  return own.has(called) || shared.some((target) => contracts.has(target.split('/').at(-1)));
}

for (const [title, most] of Object.entries(PATHS)) {
  test(`"${title}" names files that are there, each below one that can call it`, () => {
    const told = listUnder(title);
    assert.ok(told.length >= 5 && told.length <= most, `${told.length} files`);
    assert.equal(new Set(told.map(({ path }) => path)).size, told.length, 'a file is told twice');
    assert.deepEqual(
      told.map(({ depth }) => depth).filter((depth) => depth === 0),
      [0],
    );
    for (const [at, { depth, path }] of told.entries()) {
      assert.ok(existsSync(join(SRC, path)), path);
      if (at === 0) continue;
      const caller = told.slice(0, at).findLast((other) => other.depth < depth)!;
      assert.equal(caller.depth, depth - 1, `${path} is told too deep`);
      assert.ok(knows(caller.path, path), `${caller.path} does not know ${path}`);
    }
  });
}

test('a file that cannot be called is found out', () => {
  assert.ok(!knows('model/filter.ts', 'archive/folder/pending.ts'));
  assert.ok(!knows('format/match/block-scan.ts', 'hot/sqlite/sqlite-store.ts'));
  assert.equal(contracts.size, 5);
});
