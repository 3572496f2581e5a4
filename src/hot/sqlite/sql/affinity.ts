export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC';

/** https://www.sqlite.org/datatype3.html#determination_of_column_affinity, as a type that has it. */
export function affinityOf(type: string): Affinity {
  if (/int/i.test(type)) return 'INTEGER';
  if (/char|clob|text/i.test(type)) return 'TEXT';
  if (/blob/i.test(type) || type === '') return 'BLOB';
  return /real|floa|doub/i.test(type) ? 'REAL' : 'NUMERIC';
}

/** A character that no number in text has: SQLite makes a number only of a text that is one as a whole. */
const NO_NUMBER = /[^\s\d+.eE-]/;

/** Whether a column certainly stores this value as it is, with its type. False: perhaps not. */
export function storesAsIs(affinity: Affinity, value: string | bigint | number): boolean {
  if (Object.is(value, -0)) return false;
  if (affinity === 'BLOB') return true;
  if (typeof value === 'string') return affinity === 'TEXT' || NO_NUMBER.test(value);
  if (typeof value === 'bigint') return affinity === 'INTEGER' || affinity === 'NUMERIC';
  // A real number becomes an integer where it is one, but in a column of real numbers.
  if (affinity === 'REAL') return true;
  return affinity !== 'TEXT' && !Number.isInteger(value);
}
