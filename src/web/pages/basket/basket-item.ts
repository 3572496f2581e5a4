import { formatCondition } from '../../../model/filter.ts';

/** One row of a basket: its table and the conditions that only this row meets. */
export interface BasketItem {
  readonly table: string;
  readonly where: readonly string[];
}

/** More rows are restored by conditions: each row of a basket is a command. */
export const MOST_ITEMS = 20;

/** The row of a key; the columns and their values go together. */
export function itemOf(table: string, columns: readonly string[], key: readonly string[]): BasketItem {
  const where = columns.map((column, at) => formatCondition({ column, op: '=', value: key[at] ?? '' }));
  return { table, where };
}

/** An item in one field of an address. */
export function itemText({ table, where }: BasketItem): string {
  return JSON.stringify([table, ...where]);
}

/** The items of the fields `item`, each once; a field that is none is left out. */
export function itemsOf(query: URLSearchParams): BasketItem[] {
  return [...new Set(query.getAll('item'))].flatMap((text) => readItem(text) ?? []);
}

function readItem(text: string): BasketItem | null {
  try {
    const words: unknown = JSON.parse(text);
    const isText = (word: unknown): word is string => typeof word === 'string' && !word.includes('\0');
    if (!Array.isArray(words) || words.length < 2 || !words.every(isText)) return null;
    const [table = '', ...where] = words;
    return { table, where };
  } catch {
    return null;
  }
}
