import type { Row } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import type { Condition } from '../../model/filter.ts';
import type { Reference } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import type { Problem } from '../places/search-report.ts';
import { cellOf, conditionText, withKin } from '../read/kin.ts';
import { everything, type Query, type Tier } from '../read/query.ts';
import { relationsOf } from '../read/relations.ts';
import { rowOf } from './hit.ts';
import { search } from './search-tiers.ts';

/** The rows that belong together with a row. */
export interface UnitOfRow {
  /** The row that it belongs to, by the values of the columns that name it; `tier` null when it is in none. Null for the root of a unit. */
  readonly parent: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly key: readonly string[];
    readonly tier: Tier | null;
  } | null;
  /** Rows that belong to it, at any distance, by table and tier. */
  readonly children: readonly ({ readonly table: string } & Record<Tier, number>)[];
}

/** Finds the unit of a row by the keys of its rows, in all tiers. Null when no table belongs to its table, and its table to none. */
export async function unitOfRow(
  places: Places,
  table: string,
  row: Row,
  where: readonly Condition[],
  problems: Problem[],
): Promise<UnitOfRow | null> {
  const { dialect } = places;
  const relations = await relationsOf(places);
  const own = relations.find((relation) => dialect.sameName(relation.table, table));
  if (own === undefined && !relations.some(({ parent }) => dialect.sameName(parent, table))) return null;
  const parent = own === undefined ? null : await parentOf(places, own, row, problems);
  const rowsOf = (query: Query) => allRows(places, query, problems);
  const parts = await withKin(
    relations,
    { ...everything([table]), where },
    { children: true, parents: false },
    rowsOf,
    dialect,
  );
  const children = new Map<string, { table: string } & Record<Tier, number>>();
  for (const part of parts.filter(({ tables }) => !dialect.sameName(tables[0]!, table))) {
    const name = part.tables[0]!;
    const counts = children.get(name) ?? { table: name, hot: 0, warm: 0, cold: 0 };
    children.set(name, counts);
    const found = search(places, part, { anyColumn: true });
    for await (const { tier } of found) counts[tier]++;
    noteProblems(problems, found.report.problems);
  }
  return { parent, children: [...children.values()] };
}

async function parentOf(
  places: Places,
  { columns, parent, parentColumns }: Reference,
  row: Row,
  problems: Problem[],
): Promise<UnitOfRow['parent']> {
  const values = columns.map((column) => cellOf(row, column, places.dialect));
  if (values.includes(null)) return null;
  const where = parentColumns.map((column, at) => ({
    ...{ column, op: '=' as const, value: conditionText(values[at]!) },
  }));
  const found = search(places, { ...everything([parent]), where }, { anyColumn: true });
  let tier: Tier | null = null;
  for await (const hit of found) if (tier === null || hit.tier === 'hot') tier = hit.tier;
  noteProblems(problems, found.report.problems);
  return { table: parent, columns: parentColumns, key: values.map((value) => valueText(value)!), tier };
}

async function* allRows(places: Places, query: Query, problems: Problem[]): AsyncGenerator<Row> {
  const found = search(places, query, { anyColumn: true });
  for await (const hit of found) yield rowOf(hit);
  noteProblems(problems, found.report.problems);
}

function noteProblems(problems: Problem[], more: readonly Problem[]): void {
  for (const problem of more)
    if (!problems.some(({ segment, path }) => segment === problem.segment && path === problem.path))
      problems.push(problem);
}
