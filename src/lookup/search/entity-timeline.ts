import type { Row } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import type { Condition } from '../../model/filter.ts';
import type { Places } from '../places/places.ts';
import type { Problem, SearchReport } from '../places/search-report.ts';
import { everything } from '../read/query.ts';
import { type Hit, rowOf } from './hit.ts';
import { referencesOf } from './id-references.ts';
import { search } from './search-tiers.ts';
import { compareHits } from './waiting-hits.ts';

export interface TimelineEntry {
  readonly hit: Hit;
  readonly row: Row;
  /** 0 for a row that stands under none; one more than its parent's otherwise. */
  readonly depth: number;
  /** `table id` of the row that it stands under, when that is in the timeline too. */
  readonly parent: string | null;
  /** True when it does not match itself, but a row that does refers to it. */
  readonly followed: boolean;
}

export interface Timeline {
  /** In the order of time. */
  readonly entries: readonly TimelineEntry[];
  readonly problems: Problem[];
  readonly unread: SearchReport['unread'];
  /** Of the search for what matches. */
  readonly report: SearchReport;
  /** True when there are more rows than were wanted. */
  readonly cut: boolean;
}

/** How far references are followed: what a row names, and what that names. */
const ROUNDS = 2;
const MOST_FOLLOWED = 1_000;

/**
 * Everything of one execution, task or the like: the rows of all tables that match, in the order of time, and the rows
 * that they refer to (a transcript entry, a chain of assertions).
 */
export async function timeline(
  places: Places,
  tables: readonly string[],
  where: readonly Condition[],
  limit: number,
): Promise<Timeline> {
  const found = search(places, { ...everything(tables), where, limit: limit + 1 });
  const hits: Hit[] = [];
  for await (const hit of found) hits.push(hit);
  const cut = hits.length > limit;
  const entries = new Map<string, { hit: Hit; row: Row; followed: boolean }>();
  const add = (hit: Hit, followed: boolean): void => {
    const row = rowOf(hit);
    const name = nameOf(hit.table, row) ?? `${hit.table} ${hit.place}`;
    if (!entries.has(name)) entries.set(name, { hit, row, followed });
  };
  for (const hit of hits.slice(0, limit)) add(hit, false);
  const problems = [...found.report.problems];
  for (let round = 0; round < ROUNDS; round++) {
    const missing = missingReferences(entries, tables);
    if (missing.size === 0) break;
    for (const [table, values] of missing) {
      const followed = search(places, { ...everything([table]), among: { column: 'id', values } });
      for await (const hit of followed) add(hit, true);
      const known = new Set(problems.map(({ segment }) => segment));
      problems.push(...followed.report.problems.filter(({ segment }) => !known.has(segment)));
    }
  }
  const { report } = found;
  return { entries: arrange(entries, tables), problems, unread: report.unread, report, cut };
}

/** `table id`; null for a row without an id. */
function nameOf(table: string, row: Row): string | null {
  const id = valueText(row.id ?? null);
  return id === null ? null : `${table} ${id}`;
}

function missingReferences(
  entries: ReadonlyMap<string, { readonly row: Row }>,
  tables: readonly string[],
): Map<string, Set<string>> {
  const missing = new Map<string, Set<string>>();
  let count = 0;
  for (const { row } of entries.values()) {
    for (const { table, id } of referencesOf(row, tables)) {
      if (entries.has(`${table} ${id}`) || count >= MOST_FOLLOWED) continue;
      const ids = missing.get(table) ?? new Set();
      missing.set(table, ids.add(id));
      count++;
    }
  }
  return missing;
}

function arrange(
  entries: ReadonlyMap<string, { hit: Hit; row: Row; followed: boolean }>,
  tables: readonly string[],
): TimelineEntry[] {
  const parents = new Map<string, string>();
  for (const [name, { row }] of entries) {
    const parent = referencesOf(row, tables).find(
      ({ table, id, isParent }) => isParent && entries.has(`${table} ${id}`) && `${table} ${id}` !== name,
    );
    if (parent !== undefined) parents.set(name, `${parent.table} ${parent.id}`);
  }
  return [...entries]
    .map(([name, entry]) => ({ ...entry, parent: parents.get(name) ?? null, depth: depthOf(name, parents) }))
    .sort((a, b) => compareHits(a.hit, b.hit));
}

/** References may run in a circle in data that nobody checks. */
function depthOf(name: string, parents: ReadonlyMap<string, string>): number {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = parents.get(name); at !== undefined && !seen.has(at); at = parents.get(at)) {
    seen.add(at);
    depth++;
  }
  return depth;
}
