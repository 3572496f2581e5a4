import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const TESTS = resolve(import.meta.dirname, '..');
const SQL =
  /\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|(CREATE|DROP|ALTER) [A-Z]+|PRAGMA|BEGIN IMMEDIATE)\b/;
const BACKEND = /from '(node:sqlite|[^']*\/(hot|archive)\/[^/']+\/[^']*)'/;

test('the suites of contracts say nothing in SQL and import no backend, so that each runs over every backend', () => {
  const suites = readdirSync(join(TESTS, 'contract'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  assert.ok(suites.length > 10, `${suites.length} files`);
  const files = [...suites.map((path) => join('contract', path)), join('hot', 'hot-trial.ts')];
  const wrong = files.filter((path) => {
    const text = readFileSync(join(TESTS, path), 'utf8');
    return SQL.test(text) || BACKEND.test(text);
  });
  assert.deepEqual(wrong, []);
});
