import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Random } from '../../support/faults/random.ts';
import { TiersPlace } from '../../support/fuzz/places/tiers-place.ts';
import { newTally, PLAIN_ACTS, playRound, RoundFailed } from '../../support/fuzz/round.ts';

const ROUNDS = process.env.FIRN_THOROUGH === '1' ? 300 : 5;
const SEED = Number(process.env.FIRN_TIERS_SEED ?? 31_000);

test('whole worlds with cold on a disk that is not always there, beside kills, keep every row in one place', async (t) => {
  const tally = newTally();
  let away = 0;
  for (let round = 0; round < ROUNDS; round++) {
    let place: TiersPlace | null = null;
    try {
      await playRound(SEED + round, tally, {
        acts: PLAIN_ACTS,
        place: (random) => {
          place = new TiersPlace(random);
          return place;
        },
      });
    } catch (error) {
      if (error instanceof RoundFailed) t.diagnostic(`seed ${error.seed}: ${error.trace.join('\n')}`);
      throw error;
    }
    away += place!.away.count;
  }
  const figures = Object.entries(tally).map(([name, count]) => `${count} ${name}`);
  t.diagnostic(`${t.name}: ${away} commands without cold, ${figures.join(', ')}`);
  assert.ok(tally.kills > ROUNDS / 3 && away > ROUNDS);
});

test('round 32120: a row without a key is changed under its lease, archived again, and restored in both versions', async () => {
  const place = (random: Random): TiersPlace => new TiersPlace(random);
  await playRound(32_120, newTally(), { acts: PLAIN_ACTS, place });
});
