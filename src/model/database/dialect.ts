import { type Condition, matches, type Value } from '../filter.ts';
import { foldWord } from '../names.ts';

export type DialectName = 'sqlite' | 'postgres';

/**
 * How a kind of database compares names and values. A hot store declares its own, and the footer of a segment names that of its rows. Words of
 * the configuration and of the command line are no names of a database: see `sameWord`.
 */
export interface Dialect {
  readonly name: DialectName;
  /** The same text for all names that the database takes for one table or column: a key of maps. */
  foldName(name: string): string;
  /** True when the database takes both for the same table or column. */
  sameName(a: string, b: string): boolean;
  /** Whether a stored value satisfies a condition, by the classes of values that the database has. */
  matches(condition: Pick<Condition, 'op' | 'value'>, stored: Value): boolean;
}

/** `A`–`Z` fold to `a`–`z`, every other character stands for itself. */
export const sqlite: Dialect = {
  name: 'sqlite',
  foldName: foldWord,
  sameName: (a, b) => foldWord(a) === foldWord(b),
  matches,
};

/** Names are exact. Lines have its values in the classes of SQLite: numbers, text, bytes. */
const postgres: Dialect = {
  name: 'postgres',
  foldName: (name) => name,
  sameName: (a, b) => a === b,
  matches,
};

const DIALECTS: Readonly<Record<DialectName, Dialect>> = { sqlite, postgres };

export const DIALECT_NAMES: readonly DialectName[] = ['sqlite', 'postgres'];

/** The dialect of a name in a footer; without one it is SQLite's. */
export function dialectOf({ dialect = 'sqlite' }: { readonly dialect?: DialectName | undefined }): Dialect {
  return DIALECTS[dialect];
}
