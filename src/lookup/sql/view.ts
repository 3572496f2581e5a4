import { quoteName, quoteText } from '../../lake/duck/load-duck.ts';
import { foldWord } from '../../model/names.ts';
import { ARCHIVED_AT, type Column, ROWID } from '../../model/shape.ts';

/** DuckDB's type of a column. */
export type ColumnKind = 'BIGINT' | 'DOUBLE' | 'BLOB' | 'VARCHAR';

/** How a column is read that has values which its declared type does not hold: `number` while integers and reals suffice, or as `text`. */
export type Looseness = 'number' | 'text';

/** A column of a view. `loose`: its values are of several kinds, so all of them are given as text. */
export interface ViewColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly loose: boolean;
}

/** Files of lines, by the tier of their rows. */
export interface ViewFiles {
  readonly tier: 'hot' | 'warm' | 'cold';
  readonly paths: readonly string[];
}

/** The type that values of a declared type have, by SQLite's rules of affinity; null for a type that takes anything. */
export function kindOf(type: string): ColumnKind | null {
  if (/int/i.test(type)) return 'BIGINT';
  if (/char|clob|text/i.test(type)) return 'VARCHAR';
  if (/blob/i.test(type)) return 'BLOB';
  if (/real|floa|doub|dec|num/i.test(type)) return 'DOUBLE';
  if (/bool/i.test(type)) return 'BIGINT';
  return null;
}

/** All columns that a table has or had: what the newest schema calls them, in its order, then those that are gone. */
export function viewColumns(
  schemas: readonly (readonly Column[])[],
  loose: ReadonlyMap<string, Looseness>,
): ViewColumn[] {
  const columns = new Map<string, { name: string; kinds: Set<ColumnKind | null> }>();
  for (const schema of schemas) {
    for (const { name, type } of schema) {
      const known = columns.get(foldWord(name)) ?? { name, kinds: new Set() };
      columns.set(foldWord(name), known);
      known.kinds.add(kindOf(type));
    }
  }
  return [...columns.values()].map(({ name, kinds }) => {
    const [kind] = kinds;
    const looseness = loose.get(foldWord(name));
    const uniform = kinds.size === 1 && kind != null && looseness !== 'text';
    if (!uniform) return { name, kind: 'VARCHAR', loose: true };
    return { name, kind: looseness === 'number' ? 'DOUBLE' : kind, loose: false };
  });
}

export interface ViewOptions {
  /** Adds `_tier`, `_archived_at` and `_rowid`. Without it the view has the columns of the table and no others. */
  readonly tiered: boolean;
  /** Bytes; DuckDB must know how large a line can be. */
  readonly largestLine: number;
  /** SELECTs of the same columns over other files. */
  readonly others?: readonly string[];
}

/**
 * The view of a table over files of lines. A value that its column's type does not hold exactly raises an error that names
 * the column (`looseColumn` reads it), so that nothing is rounded or lost in silence: it is to be made loose then.
 */
export function viewSql(
  table: string,
  columns: readonly ViewColumn[],
  files: readonly ViewFiles[],
  { tiered, largestLine, others = [] }: ViewOptions,
): string {
  const all = allColumns(columns, tiered);
  const selected = all.map((column) => `${ofLine(table, column)} AS ${quoteName(column.name)}`).join(',\n  ');
  const raw = all.map(({ name, loose }) => `${quoteName(name)}: '${loose ? 'JSON' : 'VARCHAR'}'`).join(', ');
  const branches = [
    ...others,
    ...files
      .filter(({ paths }) => paths.length > 0)
      .map(
        ({ tier, paths }) =>
          `SELECT ${selected}${tiered ? `, '${tier}' AS _tier` : ''} FROM read_json([${paths.map(quoteText).join(', ')}], format = 'newline_delimited', columns = {${raw}}, maximum_object_size = ${largestLine})`,
      ),
  ];
  const none = all
    .map(({ name, kind, loose }) => `NULL::${loose ? 'VARCHAR' : kind} AS ${quoteName(name)}`)
    .join(', ');
  const body =
    branches.length > 0
      ? branches.join('\nUNION ALL\n')
      : `SELECT ${none}${tiered ? ', NULL::VARCHAR AS _tier' : ''} WHERE false`;
  return `CREATE OR REPLACE TEMP VIEW ${quoteName(table)} AS ${body}`;
}

/** A statement that would make a table with the columns of a view. */
export function tableSql(table: string, columns: readonly ViewColumn[], tiered: boolean): string {
  const tier: ViewColumn = { name: '_tier', kind: 'VARCHAR', loose: false };
  const lines = [...allColumns(columns, tiered), ...(tiered ? [tier] : [])].map(
    ({ name, kind, loose }) => `  ${quoteName(name)} ${loose ? 'VARCHAR' : kind}`,
  );
  return `CREATE TABLE ${quoteName(table)} (\n${lines.join(',\n')}\n);`;
}

/** The columns of a view, but for `_tier`. */
export function allColumns(columns: readonly ViewColumn[], tiered: boolean): ViewColumn[] {
  const added: ViewColumn[] = [
    { name: ROWID, kind: 'BIGINT', loose: false },
    { name: ARCHIVED_AT, kind: 'VARCHAR', loose: false },
  ];
  // DuckDB has no way to write an empty name.
  return [...columns.filter(({ name }) => name !== ''), ...(tiered ? added : [])];
}

const LOOSE = 'firn: more than its type holds: ';

/** The table and column that an error of a view names, and how its value can be read; null for any other error. */
export function looseColumn(
  error: unknown,
): { readonly table: string; readonly column: string; readonly looseness: Looseness } | null {
  const message = error instanceof Error ? error.message : '';
  const at = message.indexOf(LOOSE);
  if (at < 0) return null;
  const [about, value = ''] = message.slice(at + LOOSE.length).split('\u0001') as [string, string?];
  const [table, column, kind] = JSON.parse(about) as [string, string, ColumnKind];
  const isReal = kind === 'BIGINT' && /^(-?[0-9]+\.[0-9]|-?[0-9]+(\.[0-9]+)?[eE]|\{"\$real")/.test(value);
  return { table, column, looseness: isReal ? 'number' : 'text' };
}

function ofLine(table: string, column: ViewColumn): string {
  const text = quoteName(column.name);
  return column.loose ? looseText(text) : asKind(table, column, text);
}

/** A text as a value of the column's kind. A text that is none raises an error that names the column and the text. */
export function asKind(table: string, { name, kind }: ViewColumn, column: string): string {
  // Not a constant, or DuckDB would raise it before it looks at a row.
  const refuse = `error(${quoteText(`${LOOSE}${JSON.stringify([table, name, kind])}\u0001`)} || ${column})`;
  switch (kind) {
    case 'BIGINT':
      return `CASE WHEN ${column} IS NULL THEN NULL WHEN regexp_full_match(${column}, '-?[0-9]+') THEN CAST(${column} AS BIGINT) ELSE CAST(${refuse} AS BIGINT) END`;
    case 'DOUBLE':
      return `CASE WHEN ${column} IS NULL THEN NULL
        WHEN regexp_full_match(${column}, '-?[0-9]{1,15}|-?[0-9]+\\.[0-9]+([eE][-+]?[0-9]+)?|-?[0-9]+[eE][-+]?[0-9]+') THEN CAST(${column} AS DOUBLE)
        WHEN ${column} = '{"$real":"Infinity"}' THEN CAST('inf' AS DOUBLE) WHEN ${column} = '{"$real":"-Infinity"}' THEN CAST('-inf' AS DOUBLE)
        WHEN ${column} = '{"$real":"-0.0"}' THEN CAST('-0.0' AS DOUBLE)
        ELSE CAST(${refuse} AS DOUBLE) END`;
    case 'BLOB':
      return `CASE WHEN ${column} IS NULL THEN NULL WHEN starts_with(${column}, '{"$blob":"')
        THEN from_base64(substr(${column}, 11, length(${column}) - 12)) ELSE CAST(${refuse} AS BLOB) END`;
    case 'VARCHAR':
      // Such a text may be one, or what is no text at all; the raw JSON tells.
      return `CASE WHEN starts_with(${column}, '{"$') THEN ${refuse} ELSE ${column} END`;
  }
}

/** Any value as text: bytes are hexadecimal behind `\x`. The column is raw JSON. */
export function looseText(column: string): string {
  const base64 = `from_base64(json_extract_string(${column}, '$.*')[1])`;
  return `CASE json_type(${column}) WHEN 'NULL' THEN NULL WHEN 'VARCHAR' THEN ${column} ->> '$'
    WHEN 'OBJECT' THEN CASE WHEN starts_with(${column}, '{"$real"') THEN json_extract_string(${column}, '$.*')[1] ELSE '\\x' || lower(hex(${base64})) END
    ELSE CAST(${column} AS VARCHAR) END`;
}
