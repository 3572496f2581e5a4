import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { ArchiveTrial } from '../../support/archive-trial.ts';
import { forEachStop } from '../../support/faults/each-stop.ts';
import { Stopper } from '../../support/faults/stopper.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

/** An archive that is far away: the segment after the one that drains is published meanwhile. */
class RemoteTrial extends ArchiveTrial {
  protected override usedArchive(): ArchiveStore {
    const archive = this.archive();
    return Object.assign(Object.create(archive), {
      ...{ list: archive.list.bind(archive), strays: archive.strays.bind(archive) },
      ...{ create: archive.create.bind(archive), open: archive.open.bind(archive) },
      ...{ settle: archive.settle.bind(archive), remove: archive.remove.bind(archive) },
      ...{ quarantine: archive.quarantine.bind(archive), sweep: archive.sweep.bind(archive) },
      ...{ lock: archive.lock.bind(archive), away: archive.away.bind(archive) },
      capabilities: { ...archive.capabilities, isRemote: true },
    });
  }
}

/** How many segments had their receipt, and not yet lost all rows, at most. */
async function sealedAtOnce(trial: ArchiveTrial): Promise<number> {
  const stopper = new Stopper(null);
  await trial.run(stopper);
  await trial.check();
  let [sealed, finished, most] = [0, 0, 0];
  for (const action of stopper.actions) {
    if (action === 'ledger.insert') sealed++;
    if (action === 'ledger.move') finished++;
    most = Math.max(most, sealed - finished);
  }
  return most;
}

test('far away, one segment is published while the one before it drains; in a folder it waits', async () => {
  await using near = new ArchiveTrial();
  await using far = new RemoteTrial();
  assert.equal(await sealedAtOnce(near), 1);
  assert.equal(await sealedAtOnce(far), 2);
});

test('a run that publishes ahead may be stopped before and after each of its actions, and its recovery too', async (t) => {
  const options = { stopRecovery: true, ...(thorough ? {} : { sample: 30, seed: 3 }) };
  const { points } = await forEachStop(t, async () => new RemoteTrial(), options);
  assert.ok(points >= 30);
});
