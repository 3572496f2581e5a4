import type { Row } from '../../format/line/line.ts';
import { rowMatches } from '../../format/match/line-match.ts';
import type { Places } from '../../lookup/places/places.ts';
import type { Problem } from '../../lookup/places/search-report.ts';
import { withKin } from '../../lookup/read/kin.ts';
import type { Query } from '../../lookup/read/query.ts';
import { relationsOf } from '../../lookup/read/relations.ts';
import { type Hit, rowOf } from '../../lookup/search/hit.ts';
import { search } from '../../lookup/search/search-tiers.ts';
import type { Dialect } from '../../model/database/dialect.ts';

/** Rows of a table, in all tiers, that belong to rows which are to be erased, and stay. */
export interface Orphans {
  readonly table: string;
  readonly rows: number;
}

/**
 * Counts the rows that an erasure leaves without the rows that they belong to, at any distance: children that the erasure does not match itself.
 * @param problems gets what could not be read: such rows are not counted.
 */
export async function orphansOf(
  places: Places,
  query: Query,
  problems: Problem[],
): Promise<readonly Orphans[]> {
  const { dialect } = places;
  const relations = await relationsOf(places);
  const isErased = (name: string): boolean => query.tables.some((table) => dialect.sameName(table, name));
  if (!relations.some(({ parent }) => isErased(parent))) return [];
  const hits = async function* (part: Query): AsyncGenerator<Hit> {
    const found = search(places, part, { anyColumn: true });
    yield* found;
    const known = new Set(problems.map(({ segment, why }) => `${segment} ${why}`));
    problems.push(...found.report.problems.filter(({ segment, why }) => !known.has(`${segment} ${why}`)));
  };
  const rowsOf = async function* (part: Query): AsyncGenerator<Row> {
    for await (const hit of hits(part)) yield rowOf(hit);
  };
  const kin = await withKin(relations, query, { children: true, parents: false }, rowsOf, dialect);
  const counts = new Map<string, number>();
  // The parts of the erasure itself come with its conditions, those of children with keys.
  const own = new Set(query.tables.flatMap((table) => kin.find((part) => part.tables[0] === table) ?? []));
  for (const part of kin.filter((one) => !own.has(one))) {
    const [table] = part.tables as [string];
    for await (const hit of hits(part))
      if (!isErased(table) || !isMatch(query, hit, dialect)) counts.set(table, (counts.get(table) ?? 0) + 1);
  }
  return [...counts].map(([table, rows]) => ({ table, rows }));
}

function isMatch(query: Query, hit: Hit, dialect: Dialect): boolean {
  const { since, until } = query;
  if (!rowMatches(query, rowOf(hit), dialect)) return false;
  if (hit.time === null) return since === null && until === null;
  return (since === null || hit.time >= since) && (until === null || hit.time <= until);
}
