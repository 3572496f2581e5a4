import type { Row, SqlValue } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import type { Reference } from '../../model/shape.ts';
import { everything, type Query } from './query.ts';

/** Which rows a selection takes in beside those that match: rows that belong to them, at any distance, and rows that they belong to. */
export interface Kin {
  readonly children: boolean;
  readonly parents: boolean;
}

export const NO_KIN: Kin = { children: false, parents: false };

/** The rows of a query, in any order, with the values that their lines have. */
export type RowSource = (query: Query) => AsyncIterable<Row>;

/**
 * Queries of one table each that together take the rows of a query and their kin. Two of one table may take the same row. With both, these are the
 * whole units: all children of the parents.
 * @param relations parents before their children.
 */
export async function withKin(
  relations: readonly Reference[],
  query: Query,
  { children, parents }: Kin,
  rowsOf: RowSource,
  dialect: Dialect,
): Promise<readonly Query[]> {
  const parts = new Map<string, Query[]>();
  const of = (table: string): Query[] => {
    const name = dialect.foldName(table);
    const own = parts.get(name) ?? [];
    parts.set(name, own);
    return own;
  };
  const isWhole = (table: string): boolean =>
    of(table).some(
      ({ where, text, since, until, among }) =>
        where.length === 0 && text === null && since === null && until === null && among === null,
    );
  const follow = async (from: string, columns: readonly string[], to: string, into: readonly string[]) => {
    if (of(from).length === 0 || isWhole(to)) return;
    const keys = new Map<string, readonly SqlValue[]>();
    for (const part of of(from)) {
      for await (const row of rowsOf(part)) {
        const key = columns.map((column) => cellOf(row, column, dialect));
        if (!key.includes(null)) keys.set(key.map(keyName).join('\0'), key);
      }
    }
    const { tiers, order } = query;
    of(to).push(...keyQueries({ ...everything([to]), tiers, order }, into, [...keys.values()]));
  };
  for (const table of query.tables) of(table).push({ ...query, tables: [table] });
  if (parents)
    for (const { table, columns, parent, parentColumns } of [...relations].reverse())
      await follow(table, columns, parent, parentColumns);
  if (children)
    for (const { table, columns, parent, parentColumns } of relations)
      await follow(parent, parentColumns, table, columns);
  return [...parts.values()].flat();
}

/** Queries for the rows that hold one of these keys in `columns`: one for all simple keys, and one for each other. */
function keyQueries(
  base: Query,
  columns: readonly string[],
  keys: readonly (readonly SqlValue[])[],
): readonly Query[] {
  const isSimple = (key: readonly SqlValue[]): boolean => key.length === 1 && typeof key[0] !== 'object';
  const values = new Set(keys.filter(isSimple).map(([value]) => valueText(value!)!));
  const among = values.size === 0 ? [] : [{ ...base, among: { column: columns[0]!, values } }];
  const others = keys.filter((key) => !isSimple(key));
  return [
    ...among,
    ...others.map((key) => ({
      ...base,
      where: columns.map((column, at) => ({ column, op: '=' as const, value: conditionText(key[at]!) })),
    })),
  ];
}

/** A value, not NULL, as the text of a condition that it satisfies. */
export function conditionText(value: SqlValue): string {
  return value instanceof Uint8Array ? `x'${Buffer.from(value).toString('hex')}'` : valueText(value)!;
}

function keyName(value: SqlValue): string {
  return `${typeof value} ${value === null ? '' : conditionText(value)}`;
}

/** Columns are named as the table has them now; a line may have another spelling. */
export function cellOf(row: Row, column: string, dialect: Dialect): SqlValue {
  const own = row[column];
  if (own !== undefined) return own;
  const name = Object.keys(row).find((other) => dialect.sameName(other, column));
  return name === undefined ? null : row[name]!;
}
