import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { DatabaseFile } from '../../../src/hot/hot-stats.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { openSqliteDisk } from '../../../src/hot/sqlite/stats/sqlite-disk.ts';
import { isWorthReclaiming, planReclaim } from '../../../src/lifecycle/report/reclaim-plan.ts';
import { lookAtDisk, reclaim } from '../../../src/lifecycle/report/reclaim-space.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { receiptOf } from '../../support/archives/receipts.ts';

const KEPT = 500;

/** A file of 3,000 rows of which 500 are left, so that most of it is free. */
function sparseDatabase(t: TestContext, autoVacuum: string, journal: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'firn-reclaim-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.db');
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA auto_vacuum = ${autoVacuum}; PRAGMA journal_mode = ${journal}; CREATE TABLE t (id INTEGER PRIMARY KEY, x);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO t SELECT i, printf('%.1000c', 'x') FROM n;
    DELETE FROM t WHERE id % 6 > 0;`);
  return path;
}

function rows(path: string): unknown {
  using db = new DatabaseSync(path);
  return db.prepare('SELECT count(*) AS n, sum(length(x)) AS bytes FROM t').get();
}

const ledgerOf = (receipts: readonly Receipt[]) => ({
  receipts: async () => receipts,
  leasedByRowid: async () => [],
});

for (const journal of ['wal', 'delete']) {
  test(`a file with incremental auto_vacuum shrinks in steps (${journal})`, async (t) => {
    const path = sparseDatabase(t, 'incremental', journal);
    const before = statSync(path).size;
    const clock = standingClock();
    const steps: number[] = [];
    {
      await using disk = await openSqliteDisk(path, () => performance.now());
      const report = await reclaim(disk, ledgerOf([]) as never, clock, {
        onProgress: (done) => steps.push(done),
      });
      assert.equal(report.plan.method, 'incremental');
      assert.equal(report.after.freePages, 0);
    }
    assert.ok(steps.length >= 2, `${steps.length} steps`);
    assert.ok(statSync(path).size < before / 2, `${statSync(path).size} of ${before} bytes`);
    assert.deepEqual({ ...(rows(path) as object) }, { n: KEPT, bytes: KEPT * 1000 });
  });

  test(`a full rebuild gives everything back and keeps the file's settings (${journal})`, async (t) => {
    const path = sparseDatabase(t, 'none', journal);
    const before = statSync(path).size;
    {
      await using disk = await openSqliteDisk(path, () => performance.now());
      const idle = await reclaim(disk, ledgerOf([]) as never, standingClock());
      assert.deepEqual([idle.plan.method, idle.freedBytes], ['nothing', 0]);
      const report = await reclaim(disk, ledgerOf([]) as never, standingClock(), { full: true });
      assert.equal(report.freedBytes, before - statSync(path).size);
      assert.equal(report.after.freePages, 0);
      assert.deepEqual([report.after.journalMode, report.after.autoVacuum], [journal, 'none']);
    }
    assert.ok(statSync(path).size < before / 2);
    assert.ok(!existsSync(`${path}-wal`));
    assert.deepEqual({ ...(rows(path) as object) }, { n: KEPT, bytes: KEPT * 1000 });
  });
}

test('stopping between two steps leaves a sound file and says so', async (t) => {
  const path = sparseDatabase(t, 'incremental', 'wal');
  await using disk = await openSqliteDisk(path, () => performance.now());
  let asked = 0;
  const report = await reclaim(disk, ledgerOf([]) as never, standingClock(), {
    stop: () => (asked++ < 1 ? null : 'stop requested'),
  });
  assert.equal(report.stopped, 'stop requested');
  assert.ok(report.after.freePages > 0);
  assert.ok((await lookAtDisk(disk)).freeBytes < report.plan.freeBytes);
});

test('a full rebuild is refused while rows of a segment are being deleted', async (t) => {
  const path = sparseDatabase(t, 'none', 'wal');
  await using disk = await openSqliteDisk(path, () => performance.now());
  const ledger = ledgerOf([receiptOf('2026-01-01/t.jsonl.gz', { state: 'draining' })]);
  await assert.rejects(
    reclaim(disk, ledger as never, standingClock(), { full: true }),
    (error) => error instanceof FirnError && error.code === 'refused',
  );
});

const FILE: DatabaseFile = {
  ...{ path: 'a.db', bytes: 1_000_000, walBytes: 0, pageBytes: 1000, pages: 1000, freePages: 600 },
  ...{ journalMode: 'wal', autoVacuum: 'none' },
};

test('a full rebuild needs room for the live data twice', () => {
  const fits = (database: number, temporary: number, shared: boolean): boolean =>
    planReclaim(FILE, { database, temporary, shared }, true).full.enough;
  assert.ok(fits(400_000, 400_000, false));
  assert.ok(!fits(399_999, 400_000, false));
  assert.ok(!fits(400_000, 399_999, false));
  assert.ok(fits(800_000, 800_000, true));
  assert.ok(!fits(799_999, 799_999, true));
});

test('more than a fifth free is worth a word', () => {
  assert.ok(isWorthReclaiming({ ...FILE, freePages: 201 }));
  assert.ok(!isWorthReclaiming({ ...FILE, freePages: 200 }));
});
