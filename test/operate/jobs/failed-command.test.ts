import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteRunLog } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { recordCommand } from '../../../src/operate/jobs/record-command.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';

test('a command that fails after it deleted rows has their number in the history, as a job has', async () => {
  await using world = new LookupWorld();
  const clock = standingClock(SMALL_NOW);
  await using store = await openSqliteStore(world.database, clock);
  const { archive, policies } = world;
  let deleted = 0;
  const run = async (): Promise<never> => {
    await using copier = inlineCopier(await openSqliteReader(world.database), archive);
    deleted = (await runArchive({ store, archive, copier, clock }, policies, 'all')).total;
    throw new FirnError('integrity', 'the disk is gone', { operation: 'archive', path: 'archive.json' });
  };
  const openRunLog = () => openSqliteRunLog(world.database);
  await assert.rejects(
    recordCommand(
      { openRunLog } as never,
      { store, clock },
      {
        purpose: { command: 'archive all', jobs: [], reason: 'test' },
        limits: {},
        run,
        facts: () => assert.fail('it has no result'),
      },
    ),
    /the disk is gone/,
  );
  await using log = await openRunLog();
  const [record] = await log.runs();
  assert.ok(deleted > 0);
  assert.deepEqual([record!.end!.outcome, record!.end!.records], ['integrity', deleted]);
  const [alarm] = await store.ledger.alarms();
  assert.deepEqual([alarm!.kind, alarm!.message], ['failure', 'the disk is gone']);
});
