import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { DAY_MS, DENSE_NOW, DenseWorld } from '../../support/worlds/dense-world.ts';

const YOUNG = '2026-02-09T01:00:00Z';

function of(condition: string): Query {
  return { ...everything(['log', 'calls']), where: [parseCondition(condition)] };
}

test('the database file does not hold the text of erased rows any more, whatever its journal', async () => {
  for (const journal of ['delete', 'wal']) {
    await using world = new DenseWorld();
    world.sql(`PRAGMA journal_mode = ${journal}`);
    for (const table of ['log', 'calls'])
      world.sql(
        `WITH RECURSIVE c(i) AS (SELECT 5000 UNION ALL SELECT i + 1 FROM c WHERE i < 5100)
        INSERT INTO ${table} SELECT i, '${YOUNG}', 'run-x', i, 'whispered ' || hex(randomblob(40)) FROM c`,
      );
    const others = world.rows('log').hot.filter((row) => !row.includes('whispered'));
    assert.ok(readFileSync(world.database).includes('whispered'));
    const { hot } = await world.as((run) => eraseRows(run, of('run=run-x')));
    assert.equal(hot, 202);
    for (const end of ['', '-wal', '-journal']) {
      const path = `${world.database}${end}`;
      if (existsSync(path)) assert.ok(!readFileSync(path).includes('whispered'), `${journal}: ${path}`);
    }
    assert.deepEqual(world.rows('log').hot, others);
  }
});

test('an erasure takes restored rows out of hot and archive, and what comes later under their keys is an ordinary row', async () => {
  await using world = await DenseWorld.archived();
  const leaseUntil = (DENSE_NOW + 100 * DAY_MS) * 1000;
  await world.as((run) => restoreIntoHot(run, of('run=run-3'), { leaseUntil: asInstant(leaseUntil) }));
  assert.ok(world.rows('log').hot.length > 20);
  await world.as((run) => eraseRows(run, of('run=run-3')));
  for (const table of ['log', 'calls']) {
    const { hot, archived } = world.rows(table);
    assert.deepEqual(
      [...hot, ...archived].filter((row) => row.includes('"trun-3"')),
      [],
    );
  }
  world.sql("INSERT INTO log VALUES ('l-3', '2026-01-12T00:00:00Z', 'new', 3, 'another life')");
  await world.archiveAll({}, DENSE_NOW + DAY_MS);
  assert.deepEqual(world.rows('log').hot, [], 'it is due, and no lease keeps it');
  world.assertReceiptsFit();
  assert.equal(world.rows('log').archived.filter((row) => row.includes('another life')).length, 1);
});
