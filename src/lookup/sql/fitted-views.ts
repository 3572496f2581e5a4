import { foldWord } from '../../model/names.ts';
import { suits } from './lake-view.ts';
import type { TableFiles } from './table-files.ts';
import { type Looseness, looseColumn, type ViewColumn, viewColumns } from './view.ts';

/** Columns that are made loose before giving up. */
const MOST_LOOSE = 100;

/** What is known of columns whose values their declared types do not hold: it is found out by reading them, and kept for the next statement. */
export class FittedViews {
  readonly #loose = new Map<string, Map<string, Looseness>>();
  #count = 0;

  columns(table: string, { schemas }: Pick<TableFiles, 'schemas'>): ViewColumn[] {
    return viewColumns(schemas, this.#loose.get(foldWord(table)) ?? new Map());
  }

  /** Whether the view of a table can be made over its lake files. Otherwise their segments are to be read. */
  suits(table: string, laid: Pick<TableFiles, 'schemas' | 'lake'>): boolean {
    return laid.lake.length === 0 || suits(this.columns(table, laid), laid.lake);
  }

  /** Notes the column that an error is about, and says so. Throws any other error. */
  loosen(error: unknown): string {
    const found = looseColumn(error);
    if (found === null || ++this.#count > MOST_LOOSE) throw error;
    const { table, column, looseness } = found;
    const loose = this.#loose.get(foldWord(table)) ?? new Map<string, Looseness>();
    this.#loose.set(foldWord(table), loose.set(foldWord(column), looseness));
    return `${table}.${column} has values of several types. Firn reads it as ${looseness === 'number' ? 'DOUBLE' : 'text'}.`;
  }
}
