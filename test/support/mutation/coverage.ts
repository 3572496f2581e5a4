import { hash } from 'node:crypto';
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CheckoutCopy } from './checkout-copy.ts';
import { runTestFile } from './run-test-file.ts';

/** From one offset to another in a source, several of them one after the other: start, end, start, end, … */
type Stretches = readonly number[];

/** What one test file runs of the sources, in its own process, its threads and its children. */
export interface TestCoverage {
  /** Digest of the test file, and of the sources that `runs` speaks of. */
  readonly digest: string;
  readonly sources: string;
  readonly seconds: number;
  /** A test file that fails without any mutant finds none. */
  readonly passes: boolean;
  readonly runs: Readonly<Record<string, Stretches>>;
}

/** What every test file runs, and the texts of the sources at that time, by their digest. */
export interface Coverage {
  readonly sources: Record<string, Texts>;
  readonly tests: Record<string, TestCoverage>;
}

/** Sources by their paths. */
export type Texts = Readonly<Record<string, string>>;

const SLOWEST_SECONDS = 400;

/** Test files that judge the text of the sources, not what it does: they would notice a mutant for no good reason. */
const JUDGES_OF_TEXT = [
  'test/architecture.test.ts',
  'test/scenario/figures/mutations.test.ts',
  'test/support/mutation/',
];

/** The test files that may find a mutant. */
export function testFiles(root: string): string[] {
  const found = globSync('test/**/*.test.ts', { cwd: root }).sort();
  return found.filter((file) => !JUDGES_OF_TEXT.some((judge) => file.startsWith(judge)));
}

/** The text of each source. */
export function sourceTexts(root: string): Texts {
  const files = globSync('src/**/*.ts', { cwd: root }).sort();
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

export function digestOf(text: string): string {
  return hash('sha256', text).slice(0, 16);
}

/** Runs a test file and looks at what V8 saw of it. */
export async function coverTestFile(
  copy: CheckoutCopy,
  file: string,
): Promise<Pick<TestCoverage, 'seconds' | 'passes' | 'runs'>> {
  const folder = join(copy.folder, '.coverage');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const { ended, seconds } = await runTestFile(copy, file, {
    limitSeconds: SLOWEST_SECONDS,
    coverage: folder,
  });
  const home = pathToFileURL(join(copy.folder, 'src')).href;
  const runs: Record<string, number[]> = {};
  for (const name of readdirSync(folder)) {
    for (const { url, functions } of scriptsOf(join(folder, name))) {
      if (!url.startsWith(`${home}/`)) continue;
      const source = `src${url.slice(home.length)}`;
      runs[source] = union(runs[source] ?? [], stretchesRun(functions.flatMap(({ ranges }) => ranges)));
    }
  }
  return { seconds, passes: ended === 'passed', runs };
}

/** The test files that run a place of a source; where the place is new since, all that run the source, or its folder's others. */
export function testsOf({ sources, tests }: Coverage, file: string, text: string, at: number): string[] {
  const places = new Map(
    Object.entries(sources).map(([digest, texts]) => {
      const earlier = texts[file];
      return [digest, earlier === undefined ? null : placeIn(earlier, text, at)] as const;
    }),
  );
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return Object.entries(tests)
    .filter(([, { passes, runs, sources: digest }]) => {
      if (!passes) return false;
      if (sources[digest]![file] === undefined)
        return Object.keys(runs).some((source) => source.startsWith(folder));
      const place = places.get(digest)!;
      return runs[file] !== undefined && (place === null || contains(runs[file], place));
    })
    .map(([test]) => test);
}

/** Where a place stood in an earlier text of a source: in the line that reads the same, the same time that it occurs. */
function placeIn(earlier: string, text: string, at: number): number | null {
  if (earlier === text) return at;
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const line = `${text.slice(start).split('\n', 1)[0]}\n`;
  const occurrence = text.slice(0, start).split(line).length;
  const before = earlier.split(line).slice(0, occurrence);
  if (before.length < occurrence || earlier.split(line).length <= occurrence) return null;
  return before.join(line).length + (at - start);
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

function scriptsOf(path: string): readonly Script[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).result;
  } catch {
    // A process that was killed while it wrote this.
    return [];
  }
}

/** The innermost range around a place says whether it ran. */
function stretchesRun(ranges: readonly Range[]): number[] {
  const points = [...new Set(ranges.flatMap(({ startOffset, endOffset }) => [startOffset, endOffset]))].sort(
    (a, b) => a - b,
  );
  const ordered = ranges.toSorted((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const open: Range[] = [];
  const found: number[] = [];
  let next = 0;
  for (const [index, point] of points.entries()) {
    while (open.length > 0 && open.at(-1)!.endOffset <= point) open.pop();
    while (next < ordered.length && ordered[next]!.startOffset <= point) {
      if (ordered[next]!.endOffset > point) open.push(ordered[next]!);
      next++;
    }
    const until = points[index + 1];
    if (until === undefined || open.length === 0 || open.at(-1)!.count === 0) continue;
    if (found.at(-1) === point) found[found.length - 1] = until;
    else found.push(point, until);
  }
  return found;
}

function union(one: readonly number[], other: readonly number[]): number[] {
  const pairs = [one, other].flatMap((list) =>
    list.flatMap((start, at) => (at % 2 === 0 ? [[start, list[at + 1]!]] : [])),
  );
  const found: number[] = [];
  for (const [start, end] of pairs.toSorted((a, b) => a[0]! - b[0]!) as [number, number][]) {
    if (found.length > 0 && start <= found.at(-1)!) found[found.length - 1] = Math.max(found.at(-1)!, end);
    else found.push(start, end);
  }
  return found;
}

function contains(stretches: Stretches, at: number): boolean {
  return stretches.some((start, index) => index % 2 === 0 && start <= at && at < stretches[index + 1]!);
}
