import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTally, playRound, RoundFailed } from '../../support/fuzz/round.ts';

const ROUNDS = process.env.FIRN_THOROUGH === '1' ? 500 : 20;
const SEED = 11_000;

test('whole worlds, played at random with tiny sizes, keep every row in one place', async (t) => {
  const tally = newTally();
  for (let round = 0; round < ROUNDS; round++) {
    try {
      await playRound(SEED + round, tally);
    } catch (error) {
      if (error instanceof RoundFailed) t.diagnostic(`npm run fuzz -- --rounds 1 --seed ${error.seed}`);
      throw error;
    }
  }
  const figures = Object.entries(tally).map(([name, count]) => `${count} ${name}`);
  t.diagnostic(`${t.name}: ${figures.join(', ')}`);
  assert.ok(tally.kills > ROUNDS / 2 && tally.restores > ROUNDS / 4 && tally.acts > ROUNDS);
});

/** Rounds that once failed. */
const FAILED = {
  102: 'a table got another name, and one of its columns too, while its segment was drained',
} as const;

for (const [seed, what] of Object.entries(FAILED)) {
  test(`round ${seed}: ${what}`, async () => await playRound(Number(seed), newTally()));
}
