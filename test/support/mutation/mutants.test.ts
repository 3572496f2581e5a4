import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { FOLDERS, mutantsOf, sampleOf } from './mutants.ts';

/** What each mutant makes of a source, with the name of its operator. */
function broken(text: string, file = 'src/format/x.ts'): string[] {
  return mutantsOf(file, text).map(
    ({ operator, start, end, replacement }) =>
      `${operator}: ${text.slice(0, start)}${replacement}${text.slice(end)}`,
  );
}

test('conditions, bounds and arithmetic are broken one at a time', () => {
  assert.deepEqual(broken('if (a <= b + 1) f();').sort(), [
    'arithmetic: if (a <= b - 1) f();',
    'comparison: if (a < b + 1) f();',
    'condition negated: if (!(a <= b + 1)) f();',
    'guard removed: if (false) f();',
    'number + 1: if (a <= b + 2) f();',
    'number - 1: if (a <= b + 0) f();',
    'statement removed: if (a <= b + 1) ;',
  ]);
});

test('statements, awaits, defaults and orders are taken away', () => {
  assert.deepEqual(broken('await f(a ?? b);'), [
    'statement removed: ;',
    'await removed: f(a ?? b);',
    '?? removed: await f((a));',
  ]);
  assert.deepEqual(broken('x = list.toSorted(byTime);'), [
    'statement removed: ;',
    'sort reversed: x = list.toSorted(byTime).reverse();',
    'sort removed: x = list.slice();',
  ]);
  assert.ok(
    broken('list.sort((a, b) => (a < b ? -1 : 1));').includes(
      'comparison: list.sort((a, b) => (a > b ? -1 : 1));',
    ),
  );
  assert.ok(broken('f({ a, b: 1 });').includes('property removed: f({ b: 1 });'));
  assert.ok(broken('f({ a, b: 1 });').includes('property removed: f({ a });'));
});

test('words of SQL are exchanged, also between the values of a template', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of one
  const found = broken('x = `SELECT a FROM ${t} WHERE b <= ? AND c IS NOT NULL`;');
  for (const sql of ['b < ? AND', 'b <= ? OR', 'c IS NULL'])
    assert.ok(
      found.some((text) => text.startsWith('SQL: ') && text.includes(sql)),
      sql,
    );
});

test('types, errors and text for people are left alone', () => {
  assert.deepEqual(
    broken("import { a } from './b.ts';\ntype A = 'x' | 1;\nthrow new FirnError('no', 1 + 1);"),
    [],
  );
  assert.deepEqual(
    broken("const a: A = { hint: 'Say --adopt.' };").map((text) => text.split(':')[0]),
    [],
  );
});

test('a mutant keeps its name when lines come and go before it', () => {
  const ids = (text: string): string[] => mutantsOf('src/format/x.ts', text).map(({ id }) => id);
  assert.deepEqual(ids('const before = a;\nif (a) f();').slice(-3), ids('if (a) f();'));
});

test('a mutant keeps its name when its file moves, and base names are unique where mutants are drawn', () => {
  const ids = (file: string): string[] => mutantsOf(file, 'if (a) f();').map(({ id }) => id);
  assert.deepEqual(ids('src/format/x.ts'), ids('src/format/line/x.ts'));
  assert.notDeepEqual(ids('src/format/x.ts'), ids('src/format/y.ts'));
  const names = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.ts`)).map((file) => basename(file));
  assert.ok(names.length > 100);
  assert.equal(new Set(names).size, names.length);
});

test('a larger sample holds the smaller one, and every folder has its least', () => {
  const sources = ['src/format/a.ts', 'src/format/b.ts', 'src/lookup/c.ts'];
  const all = sources.flatMap((file) => mutantsOf(file, 'if (a < 1) f(2, 3, 4);\nif (b) g();'.repeat(3)));
  const drawn = (count: number, seed = 's'): string[] =>
    sampleOf(all, { count, seed, least: 2 }).map(({ id }) => id);
  assert.ok(drawn(20).length < all.length);
  assert.deepEqual(
    drawn(10).filter((id) => !drawn(20).includes(id)),
    [],
  );
  assert.notDeepEqual(drawn(10), drawn(10, 'another'));
  const files = new Set(sampleOf(all, { count: 6, seed: 's', least: 2 }).map(({ file }) => file));
  assert.equal(files.size, 3);
});
