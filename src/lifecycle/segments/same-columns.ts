import type { Footer } from '../../format/segment/segment.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { generatedIn, type TableShape, withGenerated } from '../../model/shape.ts';

/** A table that may be the one of a segment under another name. */
export interface Likeness {
  readonly shape: TableShape;
  /** The table's column for each column of the segment's lines; null where both have the same ones. */
  readonly names: ReadonlyMap<string, string> | null;
}

/** Whether the table has other columns than the lines of a segment, so that no row can read as its line. */
export function hasOtherColumns(table: TableShape, { columns }: Pick<Footer, 'columns'>): boolean {
  const own = withGenerated(table, generatedIn(columns)).columns;
  return own.length !== columns.length || own.some(({ name }, at) => name !== columns[at]!.name);
}

/**
 * Whether a table may be the one of a segment, whose columns may have been renamed, added or dropped since: at least half of them have the
 * same name, and a renamed one has its place among those that do not. Null when it cannot be; whether it is, its rows tell.
 */
export function likenessOf(
  table: TableShape,
  { columns, primaryKey }: Pick<Footer, 'columns' | 'primaryKey'>,
  dialect: Dialect,
): Likeness | null {
  const shape = withGenerated(table, generatedIn(columns));
  if (shape.primaryKey.length !== primaryKey.length) return null;
  const names = new Map<string, string>();
  const renamed: string[] = [];
  let others = shape.columns.map(({ name }) => name);
  for (const { name } of columns) {
    const own = others.find((other) => dialect.sameName(other, name));
    if (own === undefined) renamed.push(name);
    else names.set(name, own);
    others = others.filter((other) => other !== own);
  }
  const most = Math.max(columns.length, shape.columns.length);
  if (names.size * 2 < most) return null;
  for (const name of renamed.slice(0, others.length)) names.set(name, others.shift()!);
  if (!primaryKey.every((name, at) => names.get(name) === shape.primaryKey[at])) return null;
  // A key alone tells nothing: many tables count from 1.
  if (names.size === primaryKey.length && columns.length > names.size) return null;
  if (!hasOtherColumns(table, { columns })) return { shape, names: null };
  const inOrder = columns.flatMap(({ name }) => (names.has(name) ? [[name, names.get(name)!] as const] : []));
  return { shape, names: new Map(inOrder) };
}
