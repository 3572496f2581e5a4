import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { Mutant } from '../../support/mutant.ts';
import { MUTATIONS } from '../../support/mutations.ts';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');

test('the harness goes red when two steps change their order, and when a comparison is left out', (t) => {
  using mutant = new Mutant();
  for (const mutation of MUTATIONS.slice(0, 2)) {
    const { passed, failed, ran } = mutant.try(mutation);
    assert.ok(!passed && failed.length > 0 && ran > 0, `survived: ${mutation.name}`);
    t.diagnostic(`${mutation.name}: red, ${failed.join(', ')}`);
  }
});

test('every mutation that `npm run mutate:named` tries still fits the sources', () => {
  for (const { name, file, find, test: testFile } of MUTATIONS) {
    assert.equal(readFileSync(join(ROOT, file), 'utf8').split(find).length, 2, name);
    assert.ok(readFileSync(join(ROOT, testFile), 'utf8').length > 0);
  }
});
