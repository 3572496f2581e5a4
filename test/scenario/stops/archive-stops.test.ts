import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ArchiveTrial } from '../../support/archive-trial.ts';
import { type Exploration, type Explored, explore } from '../../support/faults/explore.ts';
import { Stopper } from '../../support/faults/stopper.ts';
import { smallSizes } from '../../support/small-sizes.ts';
import { archiving, bystander, conserved, smallWorld } from '../../support/worlds/archive-world.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

function say(t: TestContext, { kills, states, powerCuts }: Explored): void {
  const cuts = powerCuts === 0 ? '' : ` and ${powerCuts} power cuts`;
  t.diagnostic(`${t.name}: ${kills} kills${cuts}, ${states} different states recovered from`);
}

async function tryAll(
  t: TestContext,
  journal: 'wal' | 'delete',
  how: Partial<Exploration> = {},
): Promise<Explored> {
  const { start, book } = smallWorld(journal);
  const programs = { run: archiving(), recover: archiving(), check: conserved.bind(null, book) };
  const explored = await explore(start, { ...programs, ...how });
  say(t, explored);
  return explored;
}

test('archiving may be killed between any two system calls and commits, its recovery too, and so on without end', async (t) => {
  const { complete, states, kills } = await tryAll(t, 'wal');
  if (smallSizes) return;
  assert.ok(complete);
  assert.ok(states > 60 && kills > 3000, `${states} states, ${kills} kills`);
});

test('the same while others change and delete rows that are being copied', async (t) => {
  const run = archiving({ meanwhile: bystander });
  const { complete } = await tryAll(t, 'wal', thorough ? { run } : { run, limit: 120, seed: 11 });
  assert.equal(complete, thorough && !smallSizes);
});

test('recoveries that come later, and so write another time into their lines, settle all the same', async (t) => {
  await tryAll(t, 'wal', { recover: archiving({ later: true }), limit: thorough ? 2000 : 60, seed: 5 });
});

test('after a run that nothing disturbed a second run finds nothing to do', async () => {
  await using trial = new ArchiveTrial();
  await trial.run(new Stopper(null));
  const again = new Stopper(null);
  await trial.run(again);
  assert.deepEqual(
    again.actions.filter((action) => /create|publish|drain/.test(action)),
    // Of the lineage, which each run replaces.
    ['archive.create'],
  );
});
