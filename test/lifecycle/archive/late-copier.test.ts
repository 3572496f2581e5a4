import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { lateCopier } from '../../../src/copying/late-copier.ts';
import type { HotReader } from '../../../src/hot/hot-store.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';

interface Archived {
  readonly report: ArchiveReport;
  readonly starts: number;
  /** Due rows that each look of the main connection found. */
  readonly looked: readonly number[];
}

async function archive(world: LookupWorld, now: number): Promise<Archived> {
  const clock = standingClock(now);
  await using store = await openSqliteStore(world.database, clock);
  const reader = await openSqliteReader(world.database);
  let starts = 0;
  const looked: number[] = [];
  const looking: Pick<HotReader, 'survey' | 'surveyBound' | 'dangling'> = {
    survey: async (...asked) => {
      const found = await store.survey(...asked);
      looked.push(found.days.reduce((sum, { rows }) => sum + rows, 0));
      return found;
    },
    surveyBound: (bound) => store.surveyBound(bound),
    dangling: (reference) => store.dangling(reference),
  };
  await using copier = lateCopier(looking, () => {
    starts++;
    return inlineCopier(reader, world.archive);
  });
  const report = await runArchive({ store, archive: world.archive, copier, clock }, world.policies, 'all');
  return { report, starts, looked };
}

// One row a read.
setSizes({ surveyedIndexRows: 1, surveyedTableRows: 1 });

test('the copier is started once, when the first table has something due, and not before', async () => {
  await using world = new LookupWorld();
  await using alike = new LookupWorld();
  const before = await archive(world, Date.parse('2025-12-01T00:00:00Z'));
  assert.deepEqual([before.report.total, before.starts], [0, 0]);
  const due = await archive(world, SMALL_NOW);
  assert.ok(due.report.total > 0);
  assert.equal(due.starts, 1);
  const first = due.report.tables.find(({ records }) => records > 0)!;
  const found = due.looked.at(-1)!;
  assert.ok(found > 0 && found < first.records, `${found} of ${first.records} due rows were looked at`);
  const again = await archive(world, SMALL_NOW);
  assert.deepEqual([again.report.total, again.starts], [0, 0]);

  await alike.archiveAll();
  await using store = await openSqliteStore(alike.database);
  const rows = (await store.ledger.receipts()).reduce((sum, receipt) => sum + receipt.rows, 0);
  assert.equal(due.report.total, rows);
});
