// npm run mutate: breaks the sources in one place at a time, in a copy, and runs the tests that run the place until one goes red.
// See docs/decisions/0115-mutation-tester.md, and docs/mutation.md for what came of it.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CheckoutCopy, ROOT } from '../test/support/mutation/checkout-copy.ts';
import { EXPLAINED } from '../test/support/mutation/explained.ts';
import { allMutants, sampleOf } from '../test/support/mutation/mutants.ts';
import { reportOf } from '../test/support/mutation/report.ts';
import { isCaught, Results } from '../test/support/mutation/results.ts';
import { tryMutants, updateCoverage } from '../test/support/mutation/session.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    /** Of each folder at least so many. */
    least: { type: 'string', default: '40' },
    /** Only sources whose path has this in it. */
    only: { type: 'string', default: '' },
    workers: { type: 'string', default: '2' },
    /** What the test files of one mutant may take, counted by the time that they take without it. */
    'seconds-each': { type: 'string', default: '60' },
    minutes: { type: 'string', default: '600' },
    results: { type: 'string', default: '.mutation/results.jsonl' },
    /** Results of an earlier run, to find the same sooner. */
    learn: { type: 'string' },
    /** Finds out anew which test files run what. */
    cover: { type: 'boolean', default: false },
    /** Prints scores and survivors of the results so far as Markdown, and tries nothing. */
    report: { type: 'boolean', default: false },
    /** Tries again those that survived. */
    survivors: { type: 'boolean', default: false },
  },
});

const results = new Results(join(ROOT, values.results));
if (values.report) console.log(reportOf(results.all(), EXPLAINED));
else await tryAll();

async function tryAll(): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const options = {
    copies: Array.from({ length: Number(values.workers) }, () => opened.use(new CheckoutCopy())),
    secondsEach: Number(values['seconds-each']),
    until: performance.now() + Number(values.minutes) * 60_000,
    say: (line: string) => console.log(line),
  };
  const coverage = await updateCoverage(join(ROOT, '.mutation', 'coverage.json'), values.cover, options);
  const sample = { count: Number(values.count), least: Number(values.least), seed: values.seed };
  const drawn = sampleOf(allMutants(options.copies[0]!.folder), sample);
  const chosen = drawn.filter(({ file }) => file.includes(values.only));
  const waiting = chosen.filter(({ id }) => {
    const known = results.get(id);
    return known === undefined || (values.survivors && !isCaught(known));
  });
  console.log(`${chosen.length} mutants, ${waiting.length} of them to be tried`);
  const earlier = values.learn === undefined ? [] : new Results(join(ROOT, values.learn)).all();
  await tryMutants(waiting, coverage, results, earlier, options);
  const known = chosen.flatMap(({ id }) => results.get(id) ?? []);
  const caught = known.filter(isCaught).length;
  const left = chosen.length - known.length;
  console.log(`${caught} of ${known.length} mutants were caught, ${left} were not tried`);
  process.exitCode = left === 0 ? 0 : 1;
}
