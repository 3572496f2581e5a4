import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoundFailed } from '../../support/fuzz/round.ts';
import { playS3Rounds } from '../../support/s3/s3-rounds.ts';

const ROUNDS = process.env.FIRN_THOROUGH === '1' ? 150 : 2;

test('whole worlds whose archive is in a bucket, beside kills and a network that loses, delays and repeats, keep every row in one place', async (t) => {
  try {
    const { tally, faults } = await playS3Rounds({
      seed: 24_000,
      isEnough: ({ rounds }) => rounds >= ROUNDS,
    });
    const figures = Object.entries(tally).map(([name, count]) => `${count} ${name}`);
    t.diagnostic(`${t.name}: ${faults} faults, ${figures.join(', ')}`);
    assert.ok(faults > 15 * ROUNDS && tally.kills >= ROUNDS / 2);
  } catch (error) {
    if (error instanceof RoundFailed) t.diagnostic(`npm run soak:s3 -- --rounds 1 --seed ${error.seed}`);
    throw error;
  }
});
