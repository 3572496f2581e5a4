// npm run fuzz -- --rounds N [--seed S] [--minutes M] [--trace]: plays whole worlds with tiny sizes, and judges every row by a reader that
// shares no code with the program. Ends with 1 when a round failed; it is played again with: --seed ITS SEED --rounds 1
import { parseArgs } from 'node:util';
import { newTally, playRound, RoundFailed } from '../test/support/fuzz/round.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    minutes: { type: 'string', default: '1000000' },
    'keep-going': { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const [rounds, seed, minutes] = [Number(values.rounds), Number(values.seed), Number(values.minutes)];
if (!(rounds > 0 && minutes > 0 && Number.isSafeInteger(seed)))
  throw new Error('--rounds, --seed and --minutes take numbers');

console.log(`fuzz: ${rounds} rounds from seed ${seed}`);
const began = performance.now();
const tally = newTally();
const failed: number[] = [];
for (let i = 0; i < rounds && performance.now() - began < minutes * 60_000; i++) {
  try {
    await playRound(seed + i, tally);
  } catch (error) {
    if (!(error instanceof RoundFailed)) throw error;
    failed.push(error.seed);
    if (!values['keep-going'] || values.trace) for (const line of error.trace) console.log(line);
    console.log(error.message);
    if (!values['keep-going'] || values.trace) console.log((error.cause as Error).stack);
    if (!values['keep-going']) break;
  }
  if ((i + 1) % 50 === 0) console.log(`  ${i + 1} rounds`);
}
const seconds = Math.round((performance.now() - began) / 1000);
console.log(
  `${seconds} s: ${Object.entries(tally)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')}`,
);
if (failed.length > 0)
  console.log(`${failed.length} failed; again with: npm run fuzz -- --rounds 1 --seed ${failed.join(' | ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
