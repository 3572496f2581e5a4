import { FirnError } from '../../model/errors.ts';
import { foldWord } from '../../model/names.ts';

/** Reads `--columns a,b,c`. Throws `usage` for an empty name. */
export function parseColumns(word: string, name: string): readonly string[] {
  const columns = word.split(',').map((column) => column.trim());
  if (columns.includes('')) {
    throw new FirnError('usage', `${JSON.stringify(word)} has an empty column name. Write a,b,c.`, {
      operation: `read ${name}`,
      path: word,
    });
  }
  return columns;
}

/** The columns that were asked for, each once, in that order; null when none were. */
export function shownColumns(given: readonly (readonly string[])[]): readonly string[] | null {
  const columns = new Map<string, string>();
  for (const column of given.flat())
    if (!columns.has(foldWord(column))) columns.set(foldWord(column), column);
  return columns.size === 0 ? null : [...columns.values()];
}
