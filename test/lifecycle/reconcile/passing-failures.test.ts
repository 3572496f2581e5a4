import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { ArchiveTrial, standingClock } from '../../support/archive-trial.ts';
import { interceptFileSystem } from '../../support/faults/disk/intercepted-file-system.ts';
import { systemFailure } from '../../support/faults/disk/simulated-disk.ts';
import { Stopper } from '../../support/faults/stopper.ts';

/** Verifies an archive whose segments cannot be opened; returns how it failed, and the kinds of the alarms that it recorded. */
async function verifyFailing(code: string) {
  await using trial = new ArchiveTrial();
  await trial.run(new Stopper(null));
  const failing = interceptFileSystem(trial.disk, {
    around: async (action, path, run) => {
      if (action === 'open' && path.includes('/warm/')) throw systemFailure(code, action, path);
      return await run();
    },
  });
  await using store = await openSqliteStore(trial.database);
  const stores = { store, archive: openFolder('/archive', failing), clock: standingClock() };
  const failure = await runVerify(stores, { scope: 'deep' }).then(
    () => null,
    (error) => error.code as string,
  );
  const alarms = await store.ledger.alarms();
  return { failure, alarms: [...new Set(alarms.map(({ kind }) => kind))] };
}

test('a process with too many open files ends the verification, and no archive file is called damaged', async () => {
  assert.deepEqual(await verifyFailing('EMFILE'), { failure: 'unavailable', alarms: [] });
});

test('a fault of the disk is damage of the file', async () => {
  assert.deepEqual(await verifyFailing('EIO'), { failure: null, alarms: ['damaged'] });
});
