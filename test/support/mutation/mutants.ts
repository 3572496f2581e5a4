import { hash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Edit, OPERATORS } from './operators.ts';
import { walk } from './syntax.ts';

/** The folders whose mutants count. */
export const FOLDERS: readonly string[] = [
  ...['src/lifecycle', 'src/hot/sqlite', 'src/archive', 'src/format', 'src/lookup', 'src/operate'],
];

/** A source that is broken in one place. */
export interface GeneratedMutant extends Edit {
  /** Stays the same while the line and the file's base name do, whatever changes around it and wherever the file moves. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly original: string;
}

/** Every mutant of one source. */
export function mutantsOf(file: string, text: string): GeneratedMutant[] {
  const seen = new Map<string, number>();
  const found: GeneratedMutant[] = [];
  walk(text, (node, ancestors) => {
    for (const apply of OPERATORS) {
      for (const edit of apply(node, ancestors, text)) {
        const original = text.slice(edit.start, edit.end);
        const before = text.slice(0, edit.start);
        const line = before.split('\n').length;
        const wholeLine = text.split('\n')[line - 1]!.trim();
        const signature = [basename(file), edit.operator, wholeLine, original, edit.replacement].join('\0');
        const ordinal = seen.get(signature) ?? 0;
        seen.set(signature, ordinal + 1);
        const id = hash('sha256', `${signature}\0${ordinal}`).slice(0, 10);
        found.push({ ...edit, id, file, line, original });
      }
    }
  });
  return found;
}

/** Every mutant of a checkout's folders. */
export function allMutants(root: string, folders: readonly string[] = FOLDERS): GeneratedMutant[] {
  const files = globSync('src/**/*.ts', { cwd: root }).sort();
  return files
    .filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)))
    .flatMap((file) => mutantsOf(file, readFileSync(join(root, file), 'utf8')));
}

/** The folder of the six that a file is in. */
export function folderOf(file: string): string {
  return FOLDERS.find((folder) => file.startsWith(`${folder}/`))!;
}

/**
 * A sample that the seed decides: as many of each file as its share of its folder, of each folder as its share of all but no fewer than
 * `least`. A larger sample of the same seed holds the smaller one.
 */
export function sampleOf(
  all: readonly GeneratedMutant[],
  { count, seed, least }: { count: number; seed: string; least: number },
): GeneratedMutant[] {
  const byFolder = Map.groupBy(all, ({ file }) => folderOf(file));
  return [...byFolder.values()].flatMap((mutants) => {
    const share = Math.round((count * mutants.length) / all.length);
    return spread(mutants, seed).slice(0, Math.max(share, least));
  });
}

function spread(mutants: readonly GeneratedMutant[], seed: string): GeneratedMutant[] {
  const drawn = (text: string): number =>
    Number.parseInt(hash('sha256', seed + text).slice(0, 12), 16) / 2 ** 48;
  const ranked = [...Map.groupBy(mutants, ({ file }) => file).values()].flatMap((ofFile) =>
    ofFile
      .toSorted((a, b) => drawn(a.id) - drawn(b.id))
      .map((mutant, index) => ({ mutant, at: (index + drawn(mutant.file)) / ofFile.length })),
  );
  return ranked.toSorted((a, b) => a.at - b.at).map(({ mutant }) => mutant);
}
