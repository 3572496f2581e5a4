import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatBytes,
  formatCount,
  formatElapsed,
  formatRatio,
  plural,
} from '../../../src/cli/terminal/quantity.ts';

test('counts are grouped by thousands', () => {
  assert.deepEqual([0, 7, 999, 1000, 1_234_567].map(formatCount), ['0', '7', '999', '1,000', '1,234,567']);
});

test('bytes keep three digits and never read 1000 of a unit', () => {
  assert.deepEqual([0, 999, 1000, 1234, 45_600, 99_960, 999_499, 999_500, 1_500_000_000].map(formatBytes), [
    '0 B',
    '999 B',
    '1.00 kB',
    '1.23 kB',
    '45.6 kB',
    '100 kB',
    '999 kB',
    '1.00 MB',
    '1.50 GB',
  ]);
});

test('spans of time read in the units a person thinks in', () => {
  assert.deepEqual(
    [0, 840, 999.6, 3200, 59_960, 252_000, 3_599_600, 7_500_000, 273_600_000].map(formatElapsed),
    ['0 ms', '840 ms', '1.0 s', '3.2 s', '1 min', '4 min 12 s', '1 h', '2 h 5 min', '3 d 4 h'],
  );
});

test('a ratio needs something to compare', () => {
  assert.equal(formatRatio(520, 100), '5.2x');
  assert.equal(formatRatio(0, 0), '–');
});

test('one is not many', () => {
  assert.deepEqual(
    [plural(1, 'row'), plural(2, 'row'), plural(1200, 'entry', 'entries')],
    ['1 row', '2 rows', '1,200 entries'],
  );
});
