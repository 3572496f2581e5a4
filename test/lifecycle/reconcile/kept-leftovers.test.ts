import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RemovalRefused } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { beginRun } from '../../../src/lifecycle/begin/begin-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

test('what the archive does not allow to be swept is an alarm that is recorded, until it can be swept', async (t) => {
  const world = await ArchivedWorld.of(t);
  const path = 'cold/2026/2026-01.tar.gz';
  const begin = async (sweep?: () => Promise<never>) => {
    await using store = await openSqliteStore(world.database);
    const archive = openFolder(world.archives);
    if (sweep !== undefined) Object.assign(archive, { sweep });
    const { reconciled } = await beginRun({ store, archive, clock: standingClock(world.now) });
    return { reconciled, recorded: await store.ledger.alarms() };
  };
  const refused = await begin(async () => {
    throw new RemovalRefused([{ path, why: 'the bucket does not allow it' }], { operation: 'sweep' });
  });
  assert.deepEqual(
    refused.reconciled.map((step) => [step.action, step.subject, step.action === 'alarm' && step.kind]),
    [['alarm', path, 'kept']],
  );
  assert.deepEqual(
    refused.recorded.map(({ kind, subject }) => [kind, subject]),
    [['kept', path]],
  );
  const { reconciled, recorded } = await begin();
  assert.deepEqual([reconciled, recorded], [[], []]);
});
