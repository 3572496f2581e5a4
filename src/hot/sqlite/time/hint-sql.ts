/** Values that are looked at to tell what they look like. */
export const HINTED_ROWS = 200;

/** Whether a value is a number, or a text of digits. */
export function isNumberSql(column: string): string {
  return `(typeof(${column}) IN ('integer', 'real') OR typeof(${column}) = 'text' AND length(${column}) > 0 AND ${column} NOT GLOB '*[^0-9.]*')`;
}
