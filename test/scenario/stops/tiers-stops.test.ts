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
import { forEachStop, type StopOptions } from '../../support/faults/each-stop.ts';
import { Stopper } from '../../support/faults/stopper.ts';

/** The points of one place are those of both tiers in one folder: a sample tells whether two places differ. */
const sampled = (points: number): StopOptions =>
  process.env.FIRN_THOROUGH === '1' ? {} : { sample: points };

test('moving months to a new location may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([], true);
  const start = async () => new CleanupTrial(prepared, FIRST_CLEANUP);
  const { actions } = await forEachStop(t, start, { stopRecovery: true, seed: 21, ...sampled(14) });
  const order = ['pending.publish', 'ledger.move', 'archive.remove'].map((name) => actions.lastIndexOf(name));
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
    `copy, receipt, delete: ${actions.join(', ')}`,
  );
  assert.ok(!order.includes(-1), actions.join(', '));
});

test('adding to bundles at another location and purging from them may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP], true);
  const start = async () => new CleanupTrial(prepared, SECOND_CLEANUP);
  await forEachStop(t, start, { stopRecovery: true, seed: 23, ...sampled(14) });
});

test('purging out of bundles at another location may stop between any two actions', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP, SECOND_CLEANUP], true);
  const start = async () => new CleanupTrial(prepared, LAST_CLEANUP);
  await forEachStop(t, start, { stopRecovery: true, seed: 25, ...sampled(8) });
});

test('the power of both disks may fail between any two system calls of a cleanup', async (t) => {
  const prepared = await prepareCleanup([FIRST_CLEANUP], true);
  let seed = 1;
  const start = async () => new CleanupTrial(prepared, SECOND_CLEANUP, seed++);
  await forEachStop(t, start, { stopRecovery: true, seed: 27, ...sampled(20) });
});

test('a full or failing disk of the cold tier loses nothing, and the next cleanup completes the move', async () => {
  const prepared = await prepareCleanup([FIRST_CLEANUP], true);
  for (const [code, action] of [
    ['ENOSPC', 'write'],
    ['EIO', 'sync'],
    ['EIO', 'rename'],
  ] as const) {
    await using trial = new CleanupTrial(prepared, SECOND_CLEANUP);
    const failing = new FailingFileSystem(trial.disk, { action, nth: 2, code, lasting: true });
    await trial.clean(undefined, {}, failing.fileSystem).catch((error: unknown) => {
      assert.ok(error instanceof FirnError, String(error));
    });
    assert.ok(failing.struck);
    await trial.recover(new Stopper(null));
    await trial.check();
  }
});
