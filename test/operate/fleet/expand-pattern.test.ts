import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { expandPattern } from '../../../src/operate/fleet/expand-pattern.ts';
import { findDatabases } from '../../../src/operate/fleet/find-databases.ts';

function folderWith(t: TestContext, files: readonly string[]): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'firn-glob-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

test('patterns match within one name, and ** any folders, but no hidden ones', (t) => {
  const folder = folderWith(t, [
    'a/x.db',
    'a/b/x.db',
    'a/b/c/y.db',
    '.hidden/x.db',
    'a/.x.db',
    'z.sqlite',
    'a[1]/x.db',
  ]);
  symlinkSync('a', join(folder, 'link'));
  const matches = (pattern: string): string[] =>
    expandPattern(join(folder, pattern), [join(folder, 'skipped')])
      .paths.map((path) => relative(folder, path))
      .sort();
  assert.deepEqual(matches('*/x.db'), ['a/x.db', 'a[1]/x.db', 'link/x.db'], 'links to folders are followed');
  assert.deepEqual(matches('**/x.db'), ['a/b/x.db', 'a/x.db', 'a[1]/x.db']);
  assert.deepEqual(matches('a/**'), [], '** alone names no file');
  assert.deepEqual(matches('a/**/*'), ['a/b/c/y.db', 'a/b/x.db', 'a/x.db']);
  assert.deepEqual(matches('*.{db,sqlite}'), ['z.sqlite']);
  assert.deepEqual(matches('.hidden/*.db'), ['.hidden/x.db']);
  assert.deepEqual(matches('a/?.db'), ['a/x.db']);
  assert.deepEqual(matches('nothing/*.db'), []);
});

test('the folder of the archives is not searched', (t) => {
  const folder = folderWith(t, ['x.db', 'archives/id/quarantine/y.db']);
  const { paths } = expandPattern(join(folder, '**/*.db'), [join(folder, 'archives')]);
  assert.deepEqual(
    paths.map((path) => relative(folder, path)),
    ['x.db'],
  );
});

test('a name that Node.js cannot open is reported and not left out in silence', (t) => {
  const folder = folderWith(t, ['ok/x.db']);
  mkdirSync(Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff])]));
  const { databases, problems } = findDatabases({ entries: ['*/x.db'], folder, archives: [] });
  assert.deepEqual(
    databases.map(({ path }) => path),
    [join(folder, 'ok/x.db')],
  );
  assert.deepEqual(
    problems.map(({ message }) => message),
    ['the name is not valid UTF-8: rename it'],
  );
});

test('a path with characters of a pattern is that path where it exists', (t) => {
  const folder = folderWith(t, ['a[1]/x.db', 'a1/x.db']);
  const found = (entry: string): string[] =>
    findDatabases({ entries: [entry], folder, archives: [] }).databases.map(({ path }) =>
      relative(folder, path),
    );
  assert.deepEqual(found('a[1]/x.db'), ['a[1]/x.db']);
  assert.deepEqual(found('a[2]/x.db'), []);
});
