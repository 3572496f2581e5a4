import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { SearchReport } from '../../../src/lookup/places/search-report.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const [RUNS, ROWS] = [240, 9_600];

/** Rows of ten runs at a time stand next to each other, as those of a program that does several things at once. */
const runOf = (row: number): string =>
  `run-${Math.floor(row / ((ROWS / RUNS) * 10)) * 10 + ((row * 7) % 10)}`;

function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec('CREATE TABLE calls (id INTEGER PRIMARY KEY, ts TEXT, run TEXT, note TEXT); BEGIN');
  const insert = db.prepare('INSERT INTO calls VALUES (?, ?, ?, ?)');
  for (let row = 0; row < ROWS; row++) {
    const ts = new Date(Date.parse('2026-01-10') + row * 10_000).toISOString();
    insert.run(row + 1, ts, runOf(row), hash('sha512', `${row}`, 'base64'));
  }
  db.exec('COMMIT');
}

test('a search by key reads the blocks that hold the key and hardly any other, whatever the key', async () => {
  setSizes({ blockBytes: 8 << 10, mostRows: 40 });
  const policies = buildPolicySet([policyOf('calls', { lookupKeys: ['run'] })]);
  await using world = new LookupWorld(policies, create);
  await world.archiveAll();
  const places = await world.places();
  const reports: SearchReport[] = [];
  for (let run = 0; run < RUNS; run++) {
    const value = `run-${run}`;
    const found = search(places, {
      ...everything(['calls']),
      where: [{ column: 'run', op: '=' as const, value }],
    });
    let rows = 0;
    for await (const _ of found) rows++;
    assert.equal(rows, ROWS / RUNS);
    reports.push(found.report);
  }
  const blocks = reports[0]!.blocks.total;
  assert.ok(blocks >= 200, `${blocks} blocks are too few to tell`);
  // The rows of a run stand within 400 rows.
  const mostWithKey = 400 / (ROWS / blocks) + 2;
  const read = reports.map((report) => report.blocks.read).sort((a, b) => a - b);
  assert.ok(read.at(RUNS / 2)! <= mostWithKey, `half of the searches read up to ${read.at(RUNS / 2)} blocks`);
  assert.ok(read.at(-1)! <= mostWithKey + blocks / 20, `one search read ${read.at(-1)} of ${blocks} blocks`);
  // What every search reads: footers, and the filters of the column.
  const all = reports[0]!.bytes.total;
  const bytes = reports.reduce((sum, report) => sum + report.bytes.read, 0) / RUNS;
  assert.ok(bytes < all * 0.08, `a search reads ${Math.round(bytes)} of ${all} bytes`);
});
