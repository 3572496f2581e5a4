import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Compares a value, as JSON, with a file that was reviewed. `UPDATE_GOLDEN=1` writes the file anew: read the diff.
 * @param file a URL beside the test: `new URL('golden/plan.json', import.meta.url)`.
 */
export function matchesGolden(file: URL, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(file, 'utf8')));
}
