import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openFolder } from '../../src/archive/folder.ts';
import { openBundle } from '../../src/format/bundle-reader.ts';
import { parseBundlePath, parseWarmPath } from '../../src/format/names.ts';
import type { ByteSource } from '../../src/format/segment.ts';
import { openSegment } from '../../src/format/segment-reader.ts';
import { openSqliteReader, openSqliteStore } from '../../src/hot/sqlite/open.ts';
import { runCleanup } from '../../src/lifecycle/cleanup.ts';
import { drawUpAccounts } from '../../src/lifecycle/conservation.ts';
import { inlineCopier } from '../../src/lifecycle/copy.ts';
import { runArchive } from '../../src/lifecycle/run.ts';
import { buildPolicySet } from '../../src/model/policies.ts';
import type { Policy } from '../../src/model/policy.ts';
import { standingClock } from '../support/archive-trial.ts';
import { SimulatedDisk } from '../support/faults/simulated-disk.ts';
import { policyOf } from '../support/small-database.ts';

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

interface SimulatedRow {
  readonly id: string;
  readonly table: string;
  /** Milliseconds. */
  readonly time: number;
}

type Place = 'hot' | 'warm' | 'cold' | 'gone';

/** What the schedule has done so far, by the instants of its runs. */
class Schedule {
  readonly daily: number[] = [];
  readonly weekly: number[] = [];
  readonly monthly: number[] = [];

  /** Where a row must be now, worked out from the policy and the runs alone. */
  placeOf({ table, time }: SimulatedRow): Place {
    const { hotMs, warmMs, coldMs, group } = POLICIES.policies.get(table)!;
    const runs = group === 'assertions' ? this.weekly : this.daily;
    const left = runs.find((run) => run >= time + hotMs);
    if (left === undefined) return 'hot';
    const end = Math.floor(time / DAY) * DAY + DAY;
    const gone = this.monthly.find((run) => run >= left && run >= end + hotMs + warmMs + coldMs);
    if (gone !== undefined) return 'gone';
    const moved = this.monthly.find((run) => run >= left && run >= end + hotMs + warmMs);
    return moved === undefined || coldMs === 0 ? 'warm' : 'cold';
  }
}

test('over 14 months of daily, weekly and monthly runs every row is on its own day where its policy says', async (t) => {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'firn-months-'));
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
  const schedule = new Schedule();
  const rows: SimulatedRow[] = [];
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
    schedule.daily.push(now);
    if (date.getUTCDay() === 0) {
      await archiveTables(['checks'], now);
      schedule.weekly.push(now);
    }
    if (date.getUTCDate() === 1) {
      const report = await runCleanup({ store, archive, clock: standingClock(now) }, POLICIES);
      assert.deepEqual([report.problems, report.reconciled], [[], []]);
      schedule.monthly.push(now);
    }
    const found = await placesOf(db, archive, segments);
    for (const row of rows) {
      const expected = schedule.placeOf(row);
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
    `${rows.length} rows, ${checks.places} places checked over ${DAYS} days, ${schedule.monthly.length} cleanups`,
  );
});

/** Two rows of every other table, so that it takes half the time: the first instant of the day, and its last. */
function insertDay(db: DatabaseSync, midnight: number, day: number): SimulatedRow[] {
  const rows: SimulatedRow[] = [];
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

/** Where each row really is; fails when one is in two places. Segments never change, so each is read once. */
async function placesOf(
  db: DatabaseSync,
  archive: ReturnType<typeof openFolder>,
  segments: Map<string, readonly string[]>,
): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  const put = (name: string, place: Place): void => {
    assert.ok(!places.has(name), `${name} is ${places.get(name)} and ${place}`);
    places.set(name, place);
  };
  for (const table of POLICIES.policies.keys()) {
    for (const { id } of db.prepare(`SELECT id FROM ${table}`).iterate()) put(`${table} ${id}`, 'hot');
  }
  const read = async (segment: string, source: ByteSource): Promise<readonly string[]> => {
    const known = segments.get(segment);
    if (known !== undefined) return known;
    const reader = await openSegment(source, segment);
    const names = (await reader.readAll()).map(({ id }) => `${reader.footer.table} ${id}`);
    segments.set(segment, names);
    return names;
  };
  for (const { path } of await archive.list('')) {
    const segment = parseWarmPath(path);
    if (segment === null && parseBundlePath(path) === null) continue;
    await using file = await archive.open(path);
    if (segment !== null) {
      for (const name of await read(segment, file)) put(name, 'warm');
      continue;
    }
    const bundle = await openBundle(file, path);
    for (const member of bundle.members) {
      for (const name of await read(member.name, bundle.open(member.name)!)) put(name, 'cold');
    }
  }
  return places;
}
