import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { API_REFERENCE, exportedNames, renderApiReference } from '../../scripts/api-reference.ts';
import * as library from '../../src/index.ts';

const all = exportedNames();

test('docs/api.md is what the sources say (npm run docs)', () => {
  assert.equal(readFileSync(API_REFERENCE, 'utf8'), renderApiReference());
});

test('every exported name is found in the sources', () => {
  assert.ok(all.length > 100, `${all.length} names`);
  const values = all.filter(({ kind }) => kind !== 'type').map(({ name }) => name);
  assert.deepEqual(values.sort(), Object.keys(library).sort());
});

test('every exported name, and every member of the facade, has a comment', () => {
  assert.deepEqual(
    all.filter(({ doc }) => doc === '').map(({ name }) => name),
    [],
  );
  const { members } = all.find(({ name }) => name === 'Firn')!;
  assert.ok(members.length > 30, `${members.length} members`);
  assert.deepEqual(
    members.filter(({ doc }) => doc === '').map(({ name }) => name),
    [],
  );
});

test('every type that an exported declaration names is exported too', () => {
  const names = new Set(all.map(({ name }) => name));
  const missing = all.flatMap(({ name, uses }) =>
    uses.filter((used) => !names.has(used)).map((used) => `${name} names ${used}`),
  );
  assert.deepEqual(missing, []);
});
