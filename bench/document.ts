import { readFileSync } from 'node:fs';
import { count, type Figure, meets } from './benchmark.ts';
import type { Result } from './results.ts';
import { cells, HEAD } from './table.ts';

/** docs/performance.md: what was recorded, and what bounds it. */
export function renderPerformance(results: readonly Result[], notes: string): string {
  const explained = sections(notes);
  return `${[
    '# Performance',
    '<!-- Written by `npm run bench -- --document` from bench/recorded.json and bench/notes.md. -->',
    INTRODUCTION,
    '## Targets',
    targets(results),
    ...results.flatMap((result) => [
      `## ${result.benchmark}`,
      `${sentence(result.about)} ${circumstances(result)}`,
      markdownTable([...HEAD], result.figures.map(cells)),
      ...result.warnings.map((warning) => `**Mind:** ${warning}.`),
      ...(explained.get(result.benchmark) ?? unexplained(result)),
    ]),
    '## Run the benchmarks',
    AGAIN,
  ].join('\n\n')}\n`;
}

/** Benchmarks that miss a target without a word on why. */
export function unexplainedMisses(results: readonly Result[], notes: string): string[] {
  const explained = sections(notes);
  return results
    .filter((result) => missed(result).length > 0 && !explained.has(result.benchmark))
    .map(({ benchmark }) => benchmark);
}

export function readNotes(): string {
  return readFileSync(new URL('./notes.md', import.meta.url), 'utf8');
}

const INTRODUCTION = `Each benchmark compares Firn with a baseline: a different program or method, or a promised number. Both run in the same
round on the same machine, as separate processes, on fresh copies of the same database. They take turns in starting first.

- *measured* and *baseline* are medians; *ratio* is the ratio of the medians.
- *rounds* are the lowest and the highest ratio of a single round.
- If the baseline is a promised number, the result holds only for the machine that is named.`;

const AGAIN = `*Not run by the tests: benchmarks take hours.*

\`\`\`sh
npm run bench                                  # all; the last benchmark needs 20 GB in TMPDIR
npm run bench -- archive writer --runs 5       # some of them
npm run bench -- growth --sizes 10000,100000   # with fewer rows
npm run bench -- --check                       # fail if a ratio is more than 25 % worse than recorded
npm run bench -- archive --record              # record the results
npm run bench -- --document                    # write this page from the recorded results
node bench/profile.ts 200000 archive all       # profile one command, by thread
npm run bench -- --clean                       # remove the cached source databases
\`\`\`

\`sqlite3\`, \`gzip\` and \`pigz\` must be installed. Missing programs, and the results that need them, are reported. Each benchmark writes its
results to \`bench/results/\`.`;

function targets(results: readonly Result[]): string {
  const promised = results.flatMap(({ figures }) => figures.filter((figure) => meets(figure) !== null));
  const rows = promised.map((figure) => {
    const [name, measured, yardstick, ratio, , target, verdict] = cells(figure);
    return [name, measured, yardstick, ratio, target, verdict] as string[];
  });
  const met = promised.filter((figure) => meets(figure)).length;
  return `${met} of ${promised.length} are met.\n\n${markdownTable(['what', 'measured', 'baseline', 'ratio', 'target', ''], rows)}`;
}

function circumstances({ rows, runs, date, machine }: Result): string {
  return `Measured on ${date.slice(0, 10)} with ${rows.map(count).join(', ')} rows in ${runs} ${runs === 1 ? 'round' : 'rounds'} on ${machine.hardware}; ${machine.software}.`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function unexplained(result: Result): string[] {
  const names = missed(result).map(({ name }) => name);
  return names.length === 0 ? [] : [`The cause is not yet written down: ${names.join('; ')}.`];
}

function missed({ figures }: Result): Figure[] {
  return figures.filter((figure) => meets(figure) === false);
}

/** The text beneath each heading of the second level. */
function sections(notes: string): Map<string, string[]> {
  const parts = notes.split(/^## +/m).slice(1);
  return new Map(
    parts.map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      return [heading.trim(), [lines.join('\n').trim()]];
    }),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
