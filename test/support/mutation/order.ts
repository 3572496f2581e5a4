import { basename } from 'node:path';
import { type Coverage, type TestCoverage, testsOf } from './coverage.ts';
import type { GeneratedMutant } from './mutants.ts';
import { isCaught, type Result } from './results.ts';

/** What a test file that is named like the source is worth, and another one, before anything is known. */
const NAMESAKE = 3;
const STRANGER = 0.12;
/** A hundred mutants' worth of weight would drown what is known of this very source. */
const PRIOR_WEIGHT = 3;

/** The test files that run the mutant's place, those first that are likely to find it soon: by what they found so far, and their time.
 * What found this very mutant before comes first. */
export function orderedTests(
  mutant: GeneratedMutant,
  coverage: Coverage,
  text: string,
  results: readonly Result[],
): string[] {
  const near = results.filter(({ file }) => file === mutant.file);
  const worth = (test: string): number => {
    const tried = near.filter((result) => result.tried.includes(test));
    const found = tried.filter((result) => isCaught(result) && result.by?.[0] === test);
    const chance =
      (priorOf(test, mutant.file, coverage.tests[test]!) * PRIOR_WEIGHT + found.length) /
      (PRIOR_WEIGHT + tried.length);
    return chance / (coverage.tests[test]!.seconds + 0.2);
  };
  const tests = testsOf(coverage, mutant.file, text, mutant.start);
  const killer = results.find(({ id, verdict }) => id === mutant.id && verdict === 'killed')?.by?.[0];
  const worths = new Map(
    tests.map((test) => [test, test === killer ? Number.POSITIVE_INFINITY : worth(test)]),
  );
  return tests.toSorted((a, b) => worths.get(b)! - worths.get(a)!);
}

function priorOf(test: string, source: string, { runs }: TestCoverage): number {
  if (basename(test).startsWith(basename(source, '.ts'))) return NAMESAKE;
  // A test file that runs little of the sources looks closely at what it runs.
  return STRANGER + 0.3 / Math.sqrt(Object.keys(runs).length);
}
