import { FOLDERS, folderOf } from './mutants.ts';
import { isCaught, type Result } from './results.ts';

const LONGEST = 90;

/** Scores and survivors as Markdown. `reasons`: why a survivor survives, by its name. */
export function reportOf(results: readonly Result[], reasons: Readonly<Record<string, string>>): string {
  const rows = FOLDERS.map((folder) => scoreLine(`\`${folder}\``, ofFolder(results, folder)));
  const survivors = results.filter((result) => !isCaught(result));
  return [
    '| folder | mutants | caught | |',
    '|---|--:|--:|--:|',
    ...[...rows, scoreLine('all', results), ''],
    `${survivors.length} survived.`,
    ...FOLDERS.flatMap((folder) => survivorTable(folder, ofFolder(survivors, folder), reasons)),
    '',
  ].join('\n');
}

function survivorTable(
  folder: string,
  survivors: readonly Result[],
  reasons: Readonly<Record<string, string>>,
): string[] {
  if (survivors.length === 0) return [];
  const lines = survivors
    .toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
    .map(({ id, file, line, operator, original, replacement }) => {
      const place = `${file.slice(folder.length + 1)}:${line}`;
      return `| ${place} | ${operator} | ${code(original)} → ${code(replacement)} | ${reasons[id] ?? 'not looked at'} |`;
    });
  return ['', `**${folder}**`, '', '| | operator | change | why |', '|---|---|---|---|', ...lines];
}

function ofFolder(results: readonly Result[], folder: string): Result[] {
  return results.filter(({ file }) => folderOf(file) === folder);
}

function scoreLine(name: string, results: readonly Result[]): string {
  const caught = results.filter(isCaught).length;
  const share = results.length === 0 ? '' : `${((100 * caught) / results.length).toFixed(1)} %`;
  return `| ${name} | ${results.length} | ${caught} | ${share} |`;
}

function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return short === '' ? 'nothing' : `\`${short.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
