import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readNotes, renderPerformance, unexplainedMisses } from '../../bench/document.ts';
import { type Result, recordedResults } from '../../bench/results.ts';

const PAGE = new URL('../../docs/performance.md', import.meta.url);

const figure = { measured: '2.00 s', yardstick: '1.00 s', ratio: 2, spread: [1.9, 2.2] } as const;
const sample: Result = {
  benchmark: 'archive',
  about: 'one | two',
  machine: { hardware: '2 × processor, 8 GiB', software: 'Node 24' },
  date: '2026-03-01T12:00:00.000Z',
  rows: [1_000_000],
  runs: 3,
  warnings: ['PIGZ IS NOT INSTALLED: nothing'],
  figures: [
    { name: 'a | b', ...figure, target: { atMost: 1.25 } },
    { name: 'c', ...figure, target: { atLeast: 1.5 } },
    { name: 'd', ...figure, target: { better: 'less' } },
  ],
};

test('the page names the machine, what was missed, and what was missing', () => {
  const page = renderPerformance([sample], '');
  assert.match(page, /1 of 2 are met\./);
  assert.match(
    page,
    /One \| two\. Measured on 2026-03-01 with 1,000,000 rows in 3 rounds on 2 × processor, 8 GiB; Node 24\./,
  );
  assert.match(page, /\| a \\\| b \| 2\.00 s \| 1\.00 s \| 2\.00 \| 1\.90–2\.20 \| ≤ 1\.25 \| MISSED \|/);
  assert.match(page, /PIGZ IS NOT INSTALLED/);
  assert.match(page, /not yet written down: a \| b\./);
  assert.deepEqual(unexplainedMisses([sample], ''), ['archive']);
});

test('a note stands beneath its benchmark and explains its misses', () => {
  const notes = '# Title\n\nIntroduction.\n\n## archive\n\nThe disk bounds it.\n\n## copy\n\nElsewhere.\n';
  const page = renderPerformance([sample], notes);
  assert.match(page, /The disk bounds it\./);
  assert.doesNotMatch(page, /Elsewhere|not yet written down/);
  assert.deepEqual(unexplainedMisses([sample], notes), []);
});

test('docs/performance.md is what is recorded (npm run bench -- --document)', () => {
  const results = recordedResults();
  assert.equal(existsSync(PAGE), results !== null);
  if (results !== null) assert.equal(readFileSync(PAGE, 'utf8'), renderPerformance(results, readNotes()));
});
