// npm run soak:s3 -- [--kills N] [--faults N] [--seed S] [--rounds N]: plays whole worlds whose archive is in a bucket in memory, with kills
// between any two requests and faults of the network, until there were so many of both (or so many rounds). A reader that shares no code with the
// program judges every row, and that nothing is left in bucket and spool. Ends with 1 when a round failed; it is played again with: --seed ITS SEED --rounds 1
import { parseArgs } from 'node:util';
import { RoundFailed } from '../test/support/fuzz/round.ts';
import { playS3Rounds } from '../test/support/s3/s3-rounds.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    faults: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [kills, faults, rounds, seed] = [values.kills, values.faults, values.rounds, values.seed].map(
  Number,
) as [number, number, number, number];
if (!(kills >= 0 && faults >= 0 && rounds >= 0 && Number.isSafeInteger(seed)))
  throw new Error('--kills, --faults, --rounds and --seed take numbers');

const began = performance.now();
console.log(`soak: ${kills} kills and ${faults} faults from seed ${seed}`);
try {
  const played = await playS3Rounds({
    seed,
    isEnough: (tally, injected) =>
      rounds > 0 ? tally.rounds >= rounds : tally.kills >= kills && injected >= faults,
    onRound: (tally, injected) => {
      if (tally.rounds % 25 === 0)
        console.log(`  ${tally.rounds} rounds, ${tally.kills} kills, ${injected} faults`);
    },
  });
  const listed = (entries: Iterable<readonly [string, number]>): string =>
    [...entries].map(([name, count]) => `${count} ${name}`).join(', ');
  console.log(`${Math.round((performance.now() - began) / 1000)} s: ${listed(Object.entries(played.tally))}`);
  console.log(`${played.faults} faults: ${listed(played.byKind)}`);
  console.log('no row lost, doubled or changed; nothing left behind in bucket or spool');
} catch (error) {
  if (!(error instanceof RoundFailed)) throw error;
  for (const line of error.trace) console.log(line);
  console.log(error.message);
  console.log(`again with: npm run soak:s3 -- --rounds 1 --seed ${error.seed}`);
  process.exitCode = 1;
}
