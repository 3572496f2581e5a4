import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

// Before the benchmarks are loaded: their databases are to go with this test.
const folder = mkdtempSync(join(tmpdir(), 'firn-smoke-'));
process.env.TMPDIR = folder;
const { BENCHMARKS } = await import('../../bench/benchmarks.ts');
const { FOLDER } = await import('../../bench/fixtures.ts');
after(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = { rows: 2000, runs: 1, sizes: [1000, 2000], statusRows: 2000, searchRows: 2000 };

test('the benchmarks were found, each by a name of its own', () => {
  assert.ok(BENCHMARKS.length >= 8, `${BENCHMARKS.length} benchmarks`);
  assert.equal(new Set(BENCHMARKS.map(({ name }) => name)).size, BENCHMARKS.length);
});

for (const benchmark of BENCHMARKS) {
  test(`benchmark ${benchmark.name} runs on a small table, and leaves nothing but source databases`, async () => {
    const warnings: string[] = [];
    const said: string[] = [];
    const figures = await benchmark.run({
      ...SMALL,
      say: (line) => said.push(line),
      warn: (line) => warnings.push(line),
    });
    assert.ok(figures.length > 0 || warnings.some((line) => /NOT INSTALLED/.test(line)), said.join('\n'));
    for (const { name, ratio } of figures) {
      assert.ok(Number.isFinite(ratio) && ratio >= 0, `${name}: ${ratio}\n${said.join('\n')}`);
    }
    assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
    assert.deepEqual(
      warnings.filter((line) => /not the same work|gave up|were due/.test(line)),
      [],
    );
    const left = readdirSync(FOLDER).filter(
      (name) => !/^(tool-uses|observability|sessions|segments-warm|segments-cold)-[\d-]+\.db$/.test(name),
    );
    assert.deepEqual(left, []);
  });
}
