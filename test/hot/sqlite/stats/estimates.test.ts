import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import type { TableStats } from '../../../../src/hot/hot-stats.ts';
import type { DueRule } from '../../../../src/hot/hot-store.ts';
import { openForReading } from '../../../../src/hot/sqlite/connection/connection.ts';
import { openSqliteReader } from '../../../../src/hot/sqlite/open-sqlite.ts';
import { tableOf } from '../../../../src/hot/sqlite/read/sqlite-reader.ts';
import { tableStats } from '../../../../src/hot/sqlite/stats/table-stats.ts';
import { asInstant, formatInstant } from '../../../../src/model/instant.ts';
import { hotCutoff, openCutoff } from '../../../../src/model/policy/thresholds.ts';
import { policyOf } from '../../../support/worlds/small-database.ts';

const NOW = Date.parse('2026-02-10T12:00:00Z') * 1000;
const HOUR = 3_600_000_000;
const policy = policyOf('t', { openWhile: "state = 'open'" });
const cutoffs = { cutoff: hotCutoff(policy, asInstant(NOW)), openCutoff: openCutoff(policy, asInstant(NOW)) };
const rule: DueRule = { policy, now: asInstant(NOW), ...cutoffs, holds: [] };
const EFFORT = { past: 100, judged: 200, sample: 200, places: 20 };
const ROWS = 2_000;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-estimates-'));
  path = join(folder, 'a.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A row an hour (or every `step`) up to now, every tenth open; rowids as `id` says. */
async function statsOf(
  index: string,
  id: (n: number) => number = (n) => n,
  { rows = ROWS, step = HOUR, effort = EFFORT } = {},
): Promise<TableStats> {
  {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, ts TEXT, state TEXT); ${index}; BEGIN`);
    const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?)');
    for (let n = 0; n < rows; n++) {
      const at = formatInstant(asInstant(NOW - (rows - 1 - n) * step));
      insert.run(id(n), n % 2 === 0 ? at : at.slice(0, 19).replace('T', ' '), n % 10 === 0 ? 'open' : 'done');
    }
    db.exec('COMMIT');
  }
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('t'))!;
  const connection = openForReading(path);
  try {
    return await tableStats(connection, tableOf(connection, shape), rule, effort);
  } finally {
    connection.db.close();
  }
}

/** Seven days are hot: 168 rows and the one of this instant, less the one that is due to the microsecond. */
const HOT = 168;

test('a table far behind is counted through its index, and marked as estimated', async () => {
  const found = await statsOf('CREATE INDEX t_ts ON t (ts)');
  assert.deepEqual([found.total, found.estimated], [ROWS, true]);
  // Rows near the cutoff are judged one by one, those in ranges that are past or hot for certain are counted.
  assert.deepEqual([found.hot, found.stale], [HOT, ROWS - HOT]);
  assert.deepEqual(found.bounds!.stale, { atLeast: ROWS - HOT, atMost: ROWS - HOT });
});

test('of more rows near the cutoff than are judged, a sample from all over their range is', async () => {
  const [rows, step] = [3_000, HOUR / 10];
  const found = await statsOf('CREATE INDEX t_ts ON t (ts)', (n) => n, {
    ...{ rows, step },
    effort: { ...EFFORT, judged: 600 },
  });
  // Four days are near, of 960 rows; about one in sixteen is judged. From the first rows alone, all 960 would be past.
  const { atLeast, atMost } = found.bounds!.stale;
  assert.ok(atMost - atLeast > 500, `${atLeast} to ${atMost}`);
  const hot = 7 * 24 * 10 + 1;
  assert.ok(atLeast <= rows - hot && rows - hot <= atMost, `${atLeast} to ${atMost}`);
  assert.ok(Math.abs(found.hot - hot) <= 960 / 4, `${found.hot} hot of ${hot}`);
});

test('a large table without an index is estimated from rows of every age', async () => {
  const found = await statsOf('');
  assert.deepEqual([found.total, found.estimated], [ROWS, true]);
  assert.ok(Math.abs(found.hot - HOT) <= ROWS / EFFORT.places, `${found.hot} hot`);
});

test('where rowids leave most places empty, no count is made up from nothing', async () => {
  const found = await statsOf('', (n) => (n === ROWS - 1 ? 2 ** 50 : n));
  // The sample is too small, and the walk that follows comes to the end of the table.
  assert.deepEqual([found.estimated, found.hot, found.stale], [false, HOT, ROWS - HOT]);
});
