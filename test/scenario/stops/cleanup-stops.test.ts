import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirnError } from '../../../src/model/errors.ts';
import {
  CleanupTrial,
  FIRST_CLEANUP,
  LAST_CLEANUP,
  prepareCleanup,
  SECOND_CLEANUP,
} from '../../support/cleanup-trial.ts';
import { FailingFileSystem } from '../../support/faults/disk/failing-file-system.ts';
import { forEachStop } from '../../support/faults/each-stop.ts';
import { Stopper } from '../../support/faults/stopper.ts';
import { smallSizes } from '../../support/small-sizes.ts';

function onlyFirnErrors(error: unknown): void {
  assert.ok(error instanceof FirnError, String(error));
}

const END = Date.parse('2028-01-01T00:00:00Z');

test('consolidating into a new bundle may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([]);
  const start = async () => new CleanupTrial(prepared, FIRST_CLEANUP);
  const { actions } = await forEachStop(t, start, { stopRecovery: true });
  for (const kind of [/pending\.publish/, /archive\.remove/, /ledger\.move/]) {
    assert.ok(
      actions.some((action) => kind.test(action)),
      `${kind} in ${actions.join(', ')}`,
    );
  }
});

test('adding to a bundle, purging from it and straight from warm may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP]);
  const start = async () => new CleanupTrial(prepared, SECOND_CLEANUP);
  const { actions } = await forEachStop(t, start, { stopRecovery: true, seed: 3 });
  // Two bundles, and lineage.json.
  assert.equal(actions.filter((action) => /pending\.replace/.test(action)).length, 3, actions.join(', '));
});

test('purging a table out of its bundle may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP, SECOND_CLEANUP]);
  const start = async () => new CleanupTrial(prepared, LAST_CLEANUP);
  await forEachStop(t, start, { stopRecovery: true, seed: 5 });
});

test('purging a whole bundle may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP, SECOND_CLEANUP]);
  const start = async () => new CleanupTrial(prepared, END);
  await forEachStop(t, start, { stopRecovery: true, seed: 9 });
  await using trial = await start();
  await trial.clean();
  const left = (await trial.archive().list('')).map(({ path }) => path);
  // What was purged is written down for as long as the archive lives: one record for each of the three cleanups.
  assert.deepEqual(
    left.filter((path) => !path.startsWith('journal/')),
    ['archive.json', 'lineage.json'],
  );
  assert.equal(left.length, 5);
});

test('the power may fail between any two system calls of a cleanup', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP]);
  let seed = 1;
  const start = async () => new CleanupTrial(prepared, SECOND_CLEANUP, seed++);
  const { points } = await forEachStop(t, start, { stopRecovery: true, seed: 13 });
  assert.ok(points > 100 || smallSizes, `${points} points`);
});

test('no disk error of a cleanup loses anything, and the next one completes it', async () => {
  const prepared = await prepareCleanup([FIRST_CLEANUP]);
  for (const [code, action] of [
    ['ENOSPC', 'write'],
    ['short', 'write'],
    ['EIO', 'sync'],
    ['EIO', 'rename'],
    ['EACCES', 'unlink'],
    ['EIO', 'syncFolder'],
  ] as const) {
    for (let nth = 1; ; nth++) {
      await using trial = new CleanupTrial(prepared, SECOND_CLEANUP);
      const failing = new FailingFileSystem(trial.disk, { action, nth, code, lasting: nth % 2 === 0 });
      await trial.clean(undefined, {}, failing.fileSystem).catch(onlyFirnErrors);
      if (!failing.struck) break;
      await trial.recover(new Stopper(null));
      await trial.check();
    }
  }
});

test('after a cleanup that nothing disturbed a second one changes nothing', async () => {
  await using trial = new CleanupTrial(await prepareCleanup([FIRST_CLEANUP, SECOND_CLEANUP]), SECOND_CLEANUP);
  const again = new Stopper(null);
  const report = await trial.clean(again);
  assert.deepEqual([report.consolidation.status, report.purge.status], ['no_archives', 'no_archives']);
  assert.deepEqual(
    again.actions.filter((action) => /create|publish|replace|remove|insert|move/.test(action)),
    ['archive.create', 'pending.replace'],
    'only lineage.json',
  );
});
