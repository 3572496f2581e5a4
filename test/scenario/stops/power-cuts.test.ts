import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explore, killInCommits } from '../../support/faults/explore.ts';
import { record } from '../../support/faults/recorded-run.ts';
import { archiving, bystander, conserved, smallWorld } from '../../support/worlds/archive-world.ts';

const thorough = process.env.FIRN_THOROUGH === '1';

for (const journal of ['wal', 'delete'] as const) {
  const what =
    journal === 'wal'
      ? 'and the database its last commits'
      : 'and a database with a rollback journal at most its last commit';
  test(`the power may fail at any instant: the disk forgets what was not synced, ${what}`, async (t) => {
    const { start, book } = smallWorld(journal);
    const { kills, powerCuts, states } = await explore(start, {
      run: archiving({ meanwhile: bystander }),
      recover: archiving(),
      check: conserved.bind(null, book),
      powerCuts: 3,
      ...{ seed: journal === 'wal' ? 21 : 22, limit: thorough ? 3000 : 100 },
    });
    t.diagnostic(
      `${t.name}: ${powerCuts} power cuts and ${kills} kills, ${states} different states recovered from`,
    );
    assert.ok(powerCuts > 3000, `${powerCuts} power cuts`);
  });
}

test('what a killed run left visible and not yet durable is made durable before any bytes go because of it', async (t) => {
  const { start, book } = smallWorld();
  const check = conserved.bind(null, book);
  const target = thorough ? 'all' : 'notes';
  const run = archiving({ target, meanwhile: bystander });
  const tried = await killInCommits(start, { run, recover: archiving({ target }), check });
  t.diagnostic(`${t.name}: ${tried} kills, each with a power cut in the next run`);
  assert.ok(tried > 10, `${tried}`);
});

test('a file that a killed run named is durable before a row is deleted because of it', async (t) => {
  const { start, book } = smallWorld();
  let tried = 0;
  const target = thorough ? 'all' : 'notes';
  const moments = await record(start, archiving({ target }));
  const named = moments.filter(({ action }) => action.startsWith('link /archive/warm/2026-01-10'));
  for (const moment of named) {
    for (const { action, commits, disk } of await record(moment, archiving({ target }))) {
      const left = {
        action: 'power cut',
        commits: commits.slice(-1),
        disk: disk.crash(++tried),
        bucket: null,
      };
      await record(left, archiving({ target }), (found) => conserved(book, found)).catch((cause: Error) => {
        throw new Error(`killed after ${moment.action}, cut after ${action}: ${cause.message}`, { cause });
      });
    }
  }
  t.diagnostic(`${t.name}: ${tried} kills, each with a power cut in the next run`);
  assert.ok(tried > 20, `${tried}`);
});
