import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { HotQuery } from '../../../../src/hot/hot-lookup.ts';
import { openSqliteLookup } from '../../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader } from '../../../../src/hot/sqlite/open-sqlite.ts';
import { asInstant } from '../../../../src/model/instant.ts';

const NOW = Date.parse('2026-02-10T12:00:00Z') * 1000;
const HOUR = 3_600_000_000;
const folder = mkdtempSync(join(tmpdir(), 'firn-ranges-'));
after(() => rmSync(folder, { recursive: true }));

const iso = (at: number): string => new Date(at / 1000).toISOString();
/** One instant as programs write it, and values that are no times or stand for none. */
const FORMS: readonly ((at: number) => SQLInputValue)[] = [
  (at) => iso(at),
  (at) => iso(at).slice(0, 19).replace('T', ' '),
  (at) => `${iso(at + 14 * HOUR).slice(0, 19)}+14:00`,
  (at) => `${iso(at - 12 * HOUR).slice(0, 19)}-12:00`,
  (at) => iso(at).slice(0, 10),
  (at) => BigInt(Math.floor(at / 1e6)),
  (at) => BigInt(Math.floor(at / 1e3)),
  (at) => BigInt(at),
  (at) => String(Math.floor(at / 1e6)),
  () => null,
  () => 'soon',
  () => '9999-12-31T23:59:59Z',
  () => 0n,
];

const QUERY: HotQuery = {
  ...{ where: [], among: null, text: null, timeColumn: 'ts', erased: [] },
  ...{ since: null, until: null, order: 'newest', limit: null },
};

const world = fc.record({
  type: fc.constantFrom('TEXT', 'INTEGER', 'NUMERIC', '', 'DATETIME'),
  rows: fc.array(
    fc
      .tuple(fc.constantFrom(...FORMS), fc.integer({ min: -24 * 30, max: 30 }))
      .map(([form, hours]) => form(NOW + hours * HOUR)),
    { minLength: 1, maxLength: 50 },
  ),
  from: fc.integer({ min: -24 * 30, max: 30 }),
  hours: fc.integer({ min: 0, max: 200 }),
  limit: fc.integer({ min: 1, max: 8 }),
});

test('an index on the time leads to the same rows as a look at every row', async () => {
  let serial = 0;
  await fc.assert(
    fc.asyncProperty(world, async ({ type, rows, from, hours, limit }) => {
      const path = join(folder, `${serial++}.db`);
      using db = new DatabaseSync(path);
      db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, ts ${type}); BEGIN`);
      const insert = db.prepare('INSERT INTO t (ts) VALUES (?)');
      for (const value of rows) insert.run(value);
      db.exec('COMMIT');
      const since = asInstant(NOW + from * HOUR);
      const until = asInstant(since + hours * HOUR);
      const queries: HotQuery[] = [
        { ...QUERY, limit },
        { ...QUERY, since },
        { ...QUERY, until, order: 'oldest' },
        { ...QUERY, since, until },
        { ...QUERY, since, until, limit },
        { ...QUERY, since: asInstant(Date.UTC(9000) * 1000) },
      ];
      const plain = await answers(path, queries);
      db.exec('CREATE INDEX t_ts ON t (ts)');
      assert.deepEqual(await answers(path, queries), plain);
    }),
    { numRuns: 60 },
  );
});

/** The times of what each query finds, in its order; rows of one instant may come in any order. */
async function answers(path: string, queries: readonly HotQuery[]): Promise<unknown[]> {
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('t'))!;
  await using lookup = openSqliteLookup(path);
  const found: unknown[] = [];
  for (const query of queries) {
    await using finding = await lookup.find('t', shape, query);
    const times: unknown[] = [];
    const lines: string[] = [];
    for await (const { time, line } of finding.rows()) {
      times.push(time);
      lines.push(Buffer.from(line).toString());
    }
    found.push(query.limit === null ? [times, lines.sort()] : times);
  }
  return found;
}
