import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiving, bystander, conserved, smallWorld } from '../support/archive-world.ts';
import { explore } from '../support/faults/explore.ts';

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
      ...{ seed: journal === 'wal' ? 21 : 22, limit: thorough ? 3000 : 150 },
    });
    t.diagnostic(
      `${t.name}: ${powerCuts} power cuts and ${kills} kills, ${states} different states recovered from`,
    );
    assert.ok(powerCuts > 5000, `${powerCuts} power cuts`);
  });
}
