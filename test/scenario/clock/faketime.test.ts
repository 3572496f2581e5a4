import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { observabilityPolicies } from '../../../src/model/policy/policies.ts';
import { expectedPlace, realPlaces, type TimedRow } from '../../support/expected-place.ts';
import { insertRow, observabilityDatabase } from '../../support/worlds/observability-schema.ts';

/** Not an npm package; a constant keeps knip from asking for one. */
const FAKETIME = 'faketime';
const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'firn.js');
const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const MONTHS = process.env.FIRN_THOROUGH === '1' ? 14 : 6;
/** Days from row to row: months have odd and even numbers of days, so that every border meets rows of both its sides. */
const EVERY = process.env.FIRN_THOROUGH === '1' ? 1 : 2;
/** Each with its age column and the preset's times. */
const TABLES = {
  tool_uses: 'start_time',
  message_bus_log: 'timestamp',
  assertion_results: 'timestamp',
} as const;

/** Runs the real program at that instant, as it believes; monotonic clocks go on as they are. */
function firnAt(
  now: number,
  argv: readonly string[],
): { readonly status: number | null; readonly stdout: string } {
  const stamp = new Date(now).toISOString().slice(0, 19).replace('T', ' ');
  const faked = ['-m', '--exclude-monotonic', stamp, process.execPath, LAUNCHER, ...argv];
  const done = spawnSync(FAKETIME, faked, { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  assert.ok(done.status === 0, `${stamp} firn ${argv.join(' ')}: ${done.status}\n${done.stderr}`);
  return done;
}

test('the real program, with the clock of many months, moves every row on its own day', (t) => simulate(t));

async function simulate(t: TestContext): Promise<void> {
  if (spawnSync(FAKETIME, ['--version']).error !== undefined) {
    t.skip(
      'SKIPPED: faketime is not installed, so the real program was not run through the months (apt-get install faketime)',
    );
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'firn-faketime-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'ideas.db');
  const places = ['--db-path', path, '--archive-path', join(folder, 'archives'), '--quiet'];
  using db = observabilityDatabase(path, 'wal');
  db.exec('PRAGMA busy_timeout = 5000');
  const archive = openFolder(join(folder, 'archives'));
  const policies = observabilityPolicies();
  const segments = new Map<string, readonly string[]>();
  const rows: TimedRow[] = [];
  const runs = { archive: [] as number[], cleanup: [] as number[] };
  let written = START;
  let checked = 0;

  const job = async (now: number, mode: 'daily' | 'weekly' | 'full'): Promise<void> => {
    for (; written <= now; written += EVERY * DAY) rows.push(...insertDay(db, written));
    firnAt(now, ['job', '--mode', mode, ...places]);
    if (mode !== 'daily') runs.archive.push(now);
    if (mode === 'full') runs.cleanup.push(now);
    if (mode === 'daily') return;
    const found = await realPlaces(db, Object.keys(TABLES), archive, segments);
    for (const row of rows) {
      const expected = expectedPlace(policies.policies.get(row.table)!, runs, row.time);
      const place = found.get(`${row.table} ${row.id}`) ?? 'gone';
      assert.equal(place, expected, `${new Date(now).toISOString()}: ${row.table} ${row.id}`);
      checked++;
    }
  };
  for (let month = 1; month <= MONTHS; month++) {
    await job(Date.UTC(2025, month, 1, 2), 'full');
    const middle = Date.UTC(2025, month, 15, 2);
    await job(middle, 'daily');
    await job(middle + 60_000, 'weekly');
  }
  const end = Date.UTC(2025, MONTHS, 15, 3);
  const status = JSON.parse(firnAt(end, ['verify', '--deep', '--json', ...places]).stdout);
  assert.equal(status.ok, true);
  const gone = rows.filter(
    ({ table, time }) => expectedPlace(policies.policies.get(table)!, runs, time) === 'gone',
  );
  assert.ok(gone.length > (MONTHS > 6 ? 200 : 40) / EVERY, `${gone.length} rows purged`);
  t.diagnostic(`${rows.length} rows, ${checked} places checked, ${gone.length} rows purged`);
}

/** One row of each table, at noon. */
function insertDay(db: ReturnType<typeof observabilityDatabase>, midnight: number): TimedRow[] {
  const time = midnight + DAY / 2;
  return Object.entries(TABLES).map(([table, column]) => {
    const id = `${table}-${(midnight - START) / DAY}`;
    insertRow(db, table, { id, [column]: new Date(time).toISOString() });
    return { id, table, time };
  });
}
