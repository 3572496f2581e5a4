import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { drawUpAccounts } from '../../../src/lifecycle/verify/conservation.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy } from '../../../src/model/policy/policy.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { expectedPlace, realPlaces, type TimedRow } from '../../support/expected-place.ts';
import { SimulatedDisk } from '../../support/faults/disk/simulated-disk.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
const START = Date.parse('2025-01-01T00:00:00Z');
const DAYS = 425;

/** The preset's times, and one table without cold time. */
const spans = (hot: number, warm: number, cold: number): Partial<Policy> => ({
  ...{ hotMs: hot * DAY, warmMs: warm * DAY, coldMs: cold * DAY, lookupKeys: [] },
});
const POLICIES = buildPolicySet([
  policyOf('uses', { ...spans(7, 30, 365), group: 'transcripts' }),
  policyOf('bus', { ...spans(7, 30, 90), group: 'messages' }),
  policyOf('brief', { ...spans(7, 30, 0), group: 'messages' }),
  policyOf('checks', { ...spans(30, 90, 730), group: 'assertions' }),
]);

test('over 14 months of daily, weekly and monthly runs every row is on its own day where its policy says', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-months-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.db');
  using db = new DatabaseSync(path, { timeout: 5000 });
  db.exec('PRAGMA journal_mode = wal');
  for (const table of POLICIES.policies.keys()) {
    db.exec(
      `CREATE TABLE ${table} (id TEXT PRIMARY KEY, ts TEXT); CREATE INDEX ${table}_ts ON ${table} (ts)`,
    );
  }
  const archive = openFolder('/archive', new SimulatedDisk());
  await using store = await openSqliteStore(path);
  const runs = { daily: [] as number[], weekly: [] as number[], monthly: [] as number[] };
  const rows: TimedRow[] = [];
  const segments = new Map<string, readonly string[]>();
  const checks = { places: 0, gone: 0 };

  const archiveTables = async (tables: readonly string[], now: number): Promise<void> => {
    await using copier = inlineCopier(await openSqliteReader(path), archive);
    const report = await runArchive({ store, archive, copier, clock: standingClock(now) }, POLICIES, tables);
    assert.deepEqual(report.reconciled, []);
    for (const { status, message } of report.tables)
      assert.ok(status !== 'error' && status !== 'partial', message);
  };

  for (let day = 0; day < DAYS; day++) {
    const midnight = START + day * DAY;
    rows.push(...insertDay(db, midnight, day));
    const now = midnight + DAY + 2 * 3_600_000;
    const date = new Date(now);
    await archiveTables(['uses', 'bus', 'brief'], now);
    runs.daily.push(now);
    if (date.getUTCDay() === 0) {
      await archiveTables(['checks'], now);
      runs.weekly.push(now);
    }
    if (date.getUTCDate() === 1) {
      const report = await runCleanup({ store, archive, clock: standingClock(now) }, POLICIES);
      assert.deepEqual([report.problems, report.reconciled], [[], []]);
      runs.monthly.push(now);
    }
    const found = await realPlaces(db, POLICIES.policies.keys(), archive, segments);
    for (const row of rows) {
      const archiving = row.table === 'checks' ? runs.weekly : runs.daily;
      const policy = POLICIES.policies.get(row.table)!;
      const expected = expectedPlace(policy, { archive: archiving, cleanup: runs.monthly }, row.time);
      const place = found.get(`${row.table} ${row.id}`) ?? 'gone';
      if (place !== expected) {
        assert.fail(`${date.toISOString()}: ${row.table} ${row.id} is ${place}, and should be ${expected}`);
      }
      checks.places++;
      if (place === 'gone') checks.gone++;
    }
  }
  for (const account of drawUpAccounts(await store.ledger.receipts())) assert.ok(account.balanced);
  assert.ok(checks.gone > 50_000);
  t.diagnostic(
    `${rows.length} rows, ${checks.places} places checked over ${DAYS} days, ${runs.monthly.length} cleanups`,
  );
});

/** Two rows of every other table, so that it takes half the time: the first instant of the day, and its last. */
function insertDay(db: DatabaseSync, midnight: number, day: number): TimedRow[] {
  const rows: TimedRow[] = [];
  db.exec('BEGIN');
  for (const [index, table] of [...POLICIES.policies.keys()].entries()) {
    if ((index + day) % 2 === 1) continue;
    for (const [at, time] of [midnight, midnight + DAY - 1].entries()) {
      const id = `${day}-${at}`;
      db.prepare(`INSERT INTO ${table} VALUES (?, ?)`).run(id, new Date(time).toISOString());
      rows.push({ id, table, time });
    }
  }
  db.exec('COMMIT');
  return rows;
}
