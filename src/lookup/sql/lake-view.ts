import type { LakeColumn, LakeKind } from '../../format/lake/lake-file.ts';
import { quoteName, quoteText } from '../../lake/duck/load-duck.ts';
import type { UsableLakeFile } from '../../lake/lake-of.ts';
import { sameWord } from '../../model/names.ts';
import { groupsOf } from './lake-part.ts';
import { asKind, type ColumnKind, looseText, type ViewColumn } from './view.ts';

const KINDS: Readonly<Record<LakeKind, ColumnKind>> = {
  INT64: 'BIGINT',
  DOUBLE: 'DOUBLE',
  UTF8: 'VARCHAR',
  BYTE_ARRAY: 'BLOB',
};

/**
 * Whether a view can have the values of a lake file as it has those of lines. A DOUBLE has not the digits of the line: as text, the value would
 * be another.
 */
export function suits(columns: readonly ViewColumn[], files: readonly UsableLakeFile[]): boolean {
  return [...groupsOf(files).values()].every(([file]) =>
    columns.every((column) => {
      const stored = storedIn(file, column);
      return stored?.kind !== 'DOUBLE' || (!column.loose && column.kind === 'DOUBLE');
    }),
  );
}

/**
 * SELECTs over lake files, with the columns of a view. Ordinary rows have no function around their columns, so that DuckDB passes over row groups by their
 * statistics; rows with cells in `_exact` are read for themselves.
 */
export function lakeBranches(
  table: string,
  columns: readonly ViewColumn[],
  files: readonly UsableLakeFile[],
  tiered: boolean,
): string[] {
  return [...groupsOf(files).values()].flatMap((group) => {
    const [{ tier }] = group;
    const branch = (of: readonly UsableLakeFile[], isExact: boolean, where: string): string[] => {
      if (of.length === 0) return [];
      const selected = columns.map((column) => {
        const stored = storedIn(of[0]!, column);
        const value = isExact ? exactly(table, column, stored) : plainly(table, column, stored);
        return `${value} AS ${quoteName(column.name)}`;
      });
      if (tiered) selected.push(`'${tier}' AS _tier`);
      const paths = of.map(({ localPath }) => quoteText(localPath)).join(', ');
      return [
        `SELECT ${selected.join(',\n  ')} FROM read_parquet([${paths}], hive_partitioning = false)${where}`,
      ];
    };
    const mixed = group.filter(({ exactRows }) => exactRows > 0);
    return [
      ...branch(
        group.filter(({ exactRows }) => exactRows === 0),
        false,
        '',
      ),
      ...branch(mixed, false, ' WHERE _exact IS NULL'),
      ...branch(mixed, true, ' WHERE _exact IS NOT NULL'),
    ];
  });
}

function storedIn({ columns }: Pick<UsableLakeFile, 'columns'>, { name }: ViewColumn): LakeColumn | null {
  return columns.find((column) => sameWord(column.name, name)) ?? null;
}

/** The value of an ordinary row. */
function plainly(table: string, column: ViewColumn, stored: LakeColumn | null): string {
  if (stored === null) return `NULL::${column.loose ? 'VARCHAR' : column.kind}`;
  const name = quoteName(stored.name);
  const kind = KINDS[stored.kind];
  if (!column.loose && kind === column.kind) return name;
  if (kind === 'BLOB')
    return column.loose ? `'\\x' || lower(hex(${name}))` : asKind(table, column, BLOB_TEXT(name));
  const text = kind === 'VARCHAR' ? name : `CAST(${name} AS VARCHAR)`;
  return column.loose ? text : asKind(table, column, text);
}

/** Bytes as a line has them. */
const BLOB_TEXT = (name: string): string => `'{"$blob":"' || to_base64(${name}) || '"}'`;

/** The value of a row with `_exact`: what stands there is as in the line. */
function exactly(table: string, column: ViewColumn, stored: LakeColumn | null): string {
  const key = stored?.name ?? column.name;
  const pointer = quoteText(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  const cell = `json_extract(_exact, ${pointer})`;
  const value =
    column.loose || column.kind === 'VARCHAR'
      ? looseText(cell)
      : asKind(table, column, `json_extract_string(_exact, ${pointer})`);
  return `CASE WHEN json_exists(_exact, ${pointer}) THEN ${value} ELSE ${plainly(table, column, stored)} END`;
}
