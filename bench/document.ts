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
    '## Measuring again',
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

const INTRODUCTION = `Every figure is a ratio between Firn and a yardstick that ran in the same round on the same machine, each as a process of its own on a
fresh copy of the same database that was written back to the disk before. The contenders take turns in beginning. *measured* and
*yardstick* are medians, *ratio* is that of the medians, *rounds* are the lowest and the highest ratio of single rounds.
Where the yardstick is a number that was promised, the figure holds for the machine that is named.`;

const AGAIN = `\`\`\`sh
npm run bench                                  # everything, at full size; the last benchmark needs 20 GB in TMPDIR
npm run bench -- archive writer --runs 5       # some
npm run bench -- growth --sizes 10000,100000   # smaller
npm run bench -- --check                       # fail where a ratio is more than 25 % worse than the recorded one
npm run bench -- archive --record              # record what was measured
npm run bench -- --document                    # write this page from what is recorded
node bench/profile.ts 200000 archive all       # where one command's time goes, thread by thread
npm run bench -- --clean                       # remove the source databases that are kept for the day
\`\`\`

\`sqlite3\`, \`gzip\` and \`pigz\` are taken from the system; what is missing is said, and so are the figures that are missing for it. Each
benchmark leaves what it measured in \`bench/results/\`.`;

function targets(results: readonly Result[]): string {
  const promised = results.flatMap(({ figures }) => figures.filter((figure) => meets(figure) !== null));
  const rows = promised.map((figure) => {
    const [name, measured, yardstick, ratio, , target, verdict] = cells(figure);
    return [name, measured, yardstick, ratio, target, verdict] as string[];
  });
  const met = promised.filter((figure) => meets(figure)).length;
  return `${met} of ${promised.length} are met.\n\n${markdownTable(['what', 'measured', 'yardstick', 'ratio', 'target', ''], rows)}`;
}

function circumstances({ rows, runs, date, machine }: Result): string {
  return `Measured on ${date.slice(0, 10)} with ${rows.map(count).join(', ')} rows in ${runs} ${runs === 1 ? 'round' : 'rounds'} on ${machine.hardware}; ${machine.software}.`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function unexplained(result: Result): string[] {
  const names = missed(result).map(({ name }) => name);
  return names.length === 0 ? [] : [`What bounds it is not yet written down: ${names.join('; ')}.`];
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
