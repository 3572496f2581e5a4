import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { everything } from '../../../src/lookup/read/query.ts';
import { estimateRestore } from '../../../src/lookup/restore/restore-estimate.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { rowsByPart } from '../../support/independent/archive-rows.ts';
import { segmentText } from '../../support/independent/segment-text.ts';
import { DENSE_ROWS, DenseWorld } from '../../support/worlds/dense-world.ts';

test('without conditions the estimate of a restore is what the files hold', async () => {
  await using world = await DenseWorld.archived();
  const files = [...rowsByPart(world.archives).keys()].filter((path) => /\/(log|calls)\./.test(path));
  const estimate = await estimateRestore(
    await world.places(),
    everything(['log', 'calls']),
    async () => null,
  );
  const lines = files.flatMap((path) =>
    segmentText(path, readFileSync(join(world.archives, 'warm', path)))
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('{"id"')),
  );
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  assert.deepEqual(
    [estimate.segments, estimate.rows, estimate.rawBytes, estimate.exact],
    [files.length, lines.length, bytes, true],
  );
  for (const table of ['log', 'calls']) {
    const own = estimate.tables.find((found) => found.table === table)!;
    assert.equal(own.segments, files.filter((path) => path.includes(`/${table}.`)).length);
    assert.ok(own.rows >= DENSE_ROWS - 1);
  }
});

test('with a condition, a word or a time it is at most so much', async () => {
  await using world = await DenseWorld.archived();
  const all = everything(['log']);
  const places = await world.places();
  const until = instantOfMs(Date.parse('2026-01-10T01:00:00Z'));
  for (const more of [
    { where: [parseCondition('run=run-3')] },
    { text: 'dense' },
    { since: until },
    { until },
  ]) {
    const { exact, rows } = await estimateRestore(places, { ...all, ...more }, async () => null);
    assert.equal(exact, false, JSON.stringify(more));
    assert.ok(rows >= 20, `${rows}`);
  }
  const { rows } = await estimateRestore(places, { ...all, until }, async () => null);
  assert.ok(rows >= 61 && rows < DENSE_ROWS, `${rows} rows: blocks of later times are left out`);
});
