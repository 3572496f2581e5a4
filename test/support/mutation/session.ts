import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckoutCopy } from './checkout-copy.ts';
import { type Coverage, coverTestFile, digestOf, sourceTexts, testFiles } from './coverage.ts';
import type { GeneratedMutant } from './mutants.ts';
import { orderedTests } from './order.ts';
import type { Result, Results } from './results.ts';
import { runTestFile } from './run-test-file.ts';

/** What a run may take. */
export interface SessionOptions {
  /** Of one state of the checkout, one for each mutant that is tried at once. */
  readonly copies: readonly CheckoutCopy[];
  /** For each mutant: test files are run as long as they would, by themselves, be through within this time. */
  readonly secondsEach: number;
  /** No new mutant is begun after it. */
  readonly until: number;
  readonly say: (line: string) => void;
}

/** A broken source may run much longer than the whole one before it is called endless. */
const PATIENCE = 5;
const LEAST_SECONDS = 20;

/** Finds out which test files run what: for those that are new, changed or failed, and for all of them when asked. */
export async function updateCoverage(
  path: string,
  again: boolean,
  options: SessionOptions,
): Promise<Coverage> {
  const { folder } = options.copies[0]!;
  const known: Coverage | null = !again && existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  const texts = sourceTexts(folder);
  const sources = digestOf(JSON.stringify(texts));
  const coverage: Coverage = { sources: { ...known?.sources, [sources]: texts }, tests: {} };
  const missing: { readonly file: string; readonly digest: string }[] = [];
  for (const file of testFiles(folder)) {
    const digest = digestOf(readFileSync(join(folder, file), 'utf8'));
    const found = known?.tests[file];
    if (found?.passes && found.digest === digest) coverage.tests[file] = found;
    else missing.push({ file, digest });
  }
  await inParallel(missing, options, async (copy, { file, digest }) => {
    const found = await coverTestFile(copy, file);
    coverage.tests[file] = { ...found, digest, sources };
    options.say(
      `coverage: ${file}, ${found.seconds} s${found.passes ? '' : ' (FAILS without a mutant: not used)'}`,
    );
    writeFileSync(path, JSON.stringify(coverage));
  });
  return coverage;
}

/** Tries mutants, and keeps what became of each. What became of them earlier says which test files to try first. */
export async function tryMutants(
  mutants: readonly GeneratedMutant[],
  coverage: Coverage,
  results: Results,
  earlier: readonly Result[],
  options: SessionOptions,
): Promise<void> {
  const texts = sourceTexts(options.copies[0]!.folder);
  await inParallel(mutants, options, async (copy, mutant) => {
    const tests = orderedTests(mutant, coverage, texts[mutant.file]!, [...results.all(), ...earlier]);
    const result = await tryOne(copy, mutant, tests, coverage, options.secondsEach);
    results.add(result);
    const by = result.by
      ? ` ${result.by[0]}: ${result.by[1]}`
      : ` (${result.tried.length} of ${result.covering})`;
    options.say(
      `${result.verdict.padEnd(9)} ${mutant.file}:${mutant.line} ${mutant.operator}, ${result.seconds} s${by}`,
    );
  });
}

async function tryOne(
  copy: CheckoutCopy,
  mutant: GeneratedMutant,
  tests: readonly string[],
  coverage: Coverage,
  secondsEach: number,
): Promise<Result> {
  const path = join(copy.folder, mutant.file);
  const whole = readFileSync(path, 'utf8');
  writeFileSync(path, whole.slice(0, mutant.start) + mutant.replacement + whole.slice(mutant.end));
  const { id, file, line, operator, original, replacement } = mutant;
  const known = { id, file, line, operator, original, replacement, covering: tests.length };
  const began = performance.now();
  const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
  const tried: string[] = [];
  let planned = 0;
  try {
    for (const test of tests) {
      const usual = coverage.tests[test]!.seconds;
      if (tried.length > 0 && planned + usual > secondsEach) continue;
      planned += usual;
      tried.push(test);
      const { ended, failure } = await runTestFile(copy, test, {
        limitSeconds: Math.max(LEAST_SECONDS, usual * PATIENCE),
      });
      if (ended === 'failed')
        return { ...known, verdict: 'killed', by: [test, failure!], tried, seconds: seconds() };
      if (ended === 'too slow')
        return { ...known, verdict: 'too slow', by: [test, 'too slow'], tried, seconds: seconds() };
    }
    return {
      ...known,
      verdict: tests.length === 0 ? 'uncovered' : 'survived',
      by: null,
      tried,
      seconds: seconds(),
    };
  } finally {
    writeFileSync(path, whole);
  }
}

async function inParallel<T>(
  all: readonly T[],
  { copies, until }: SessionOptions,
  run: (copy: CheckoutCopy, one: T) => Promise<void>,
): Promise<void> {
  const left = all.values();
  const work = async (copy: CheckoutCopy): Promise<void> => {
    for (const one of left) {
      if (performance.now() > until) return;
      await run(copy, one);
    }
  };
  await Promise.all(copies.map(work));
}
