// npm run mutate:named [-- WORD]: breaks the sources in one place at a time, in a copy, and shows which test goes red. Ends with 1 when none does.
import { Mutant } from '../test/support/mutant.ts';
import { MUTATIONS } from '../test/support/mutations.ts';

const word = process.argv[2] ?? '';
const chosen = MUTATIONS.filter(({ name }) => name.includes(word));
using mutant = new Mutant();
let survived = 0;

for (const suite of new Set(chosen.map(({ test, pattern }) => JSON.stringify([test, pattern])))) {
  const [test, pattern] = JSON.parse(suite) as [string, string];
  const { passed, ran, failed } = mutant.run(test, pattern);
  if (!passed || ran === 0) throw new Error(`${test} is red without any mutation: ${failed.join(', ')}`);
}
for (const mutation of chosen) {
  const began = performance.now();
  const { passed, failed } = mutant.try(mutation);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  if (passed || failed.length === 0) survived++;
  const verdict = passed
    ? 'SURVIVED'
    : failed.length === 0
      ? 'RED WITHOUT A TEST'
      : `red: ${failed.join(', ')}`;
  console.log(`${mutation.name}\n  ${mutation.file} → ${mutation.test} (${seconds} s)\n  ${verdict}`);
}
console.log(`${chosen.length - survived} of ${chosen.length} mutations were caught`);
process.exitCode = survived > 0 || chosen.length === 0 ? 1 : 0;
