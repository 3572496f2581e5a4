import { hash } from 'node:crypto';
import { quarantinedFiles } from '../../archive/listed-files.ts';
import { decodeLine, type Row } from '../../format/line/line.ts';
import { holdInWords } from '../../lifecycle/archived/place-hold.ts';
import type { Places } from '../../lookup/places/places.ts';
import {
  distinctProblems,
  emptyReport,
  type Problem,
  type SearchReport,
} from '../../lookup/places/search-report.ts';
import { archivedLines } from '../../lookup/read/archived-lines.ts';
import { checkAllColumns } from '../../lookup/read/check-columns.ts';
import { withKin } from '../../lookup/read/kin.ts';
import type { Query } from '../../lookup/read/query.ts';
import { parentsFirst, relationsOf } from '../../lookup/read/relations.ts';
import { rowOf } from '../../lookup/search/hit.ts';
import { search } from '../../lookup/search/search-tiers.ts';
import { FirnError } from '../../model/errors.ts';
import { neverStop, type Stop, stopIfTold } from '../../model/stop.ts';
import { type Orphans, orphansOf } from './erase-orphans.ts';

/** Rows that are to be erased from one segment. */
export interface EraseStep {
  readonly segment: string;
  readonly table: string;
  readonly tier: 'warm' | 'cold';
  /** 0-based positions of its lines. */
  readonly positions: ReadonlySet<number>;
}

/** What an erasure will do, found without changing anything. */
export interface ErasePlan {
  readonly query: Query;
  /** Queries that together take what is to be erased: of one table each, children before their parents. */
  readonly parts: readonly Query[];
  readonly hot: readonly { readonly table: string; readonly rows: number }[];
  readonly segments: readonly EraseStep[];
  /** Rows that belong to rows which will be erased, and stay without them. */
  readonly orphans: readonly Orphans[];
  /** Segments that cannot be read: whether they hold such rows nobody can say. */
  readonly problems: Problem[];
  /** Tables whose database rows cannot be read: those rows are not erased. */
  readonly unread: SearchReport['unread'];
  /** Files in quarantine: they are not looked into. */
  readonly quarantined: number;
}

export interface EraseOptions {
  /** Erase rows that belong to the rows that match too, at any distance. */
  readonly withChildren?: boolean;
  /** Asked between two rows that are looked at, and between two transactions: the reason to stop now, or null. */
  readonly stop?: Stop | undefined;
}

/**
 * Finds what matches in every tier. Throws `refused` when a hold keeps one of the rows, `interrupted` when told to stop.
 * @param query must have a condition: nobody erases a table by leaving something out.
 */
export async function planErase(
  places: Places,
  query: Query,
  { withChildren = false, stop = neverStop }: EraseOptions = {},
): Promise<ErasePlan> {
  if (query.where.length === 0) {
    throw new FirnError('usage', 'at least one --where is required', { operation: 'erase rows' });
  }
  await checkAllColumns(places, query);
  const problems: Problem[] = [];
  const relations = await relationsOf(places);
  const everywhere = (part: Query): AsyncIterable<Row> => rowsEverywhere(places, part, stop);
  const kin = { children: withChildren, parents: false };
  const found = await withKin(relations, query, kin, everywhere, places.dialect);
  const order = [
    ...parentsFirst(
      found.map(({ tables }) => tables[0]!),
      relations,
      places.dialect,
    ),
  ].reverse();
  const parts = order.flatMap((table) => found.filter(({ tables }) => tables[0] === table));
  for (const part of parts) await refuseHeld(places, part);
  const hot: { table: string; rows: number }[] = [];
  const segments: EraseStep[] = [];
  const unread: { table: string; why: string }[] = [];
  for (const table of order) {
    const own = parts.filter(({ tables }) => tables[0] === table);
    const rows = await countHot(places, own, unread, stop);
    if (rows > 0) hot.push({ table, rows });
    segments.push(...(await stepsOf(places, own, problems, stop)));
  }
  const orphans = withChildren ? [] : await orphansOf(places, query, problems);
  const quarantined = await quarantinedFiles(places.archive);
  return {
    ...{ query, parts, hot, segments, orphans, problems: distinctProblems(problems), unread },
    quarantined: quarantined.length,
  };
}

const PLANNING = { operation: 'plan the erasure', hint: 'Nothing was erased.' };

/** Also what an erasure that was interrupted has ordered: its children are found by it. What cannot be read is a problem of the reading that follows. */
async function* rowsEverywhere(places: Places, part: Query, stop: Stop): AsyncGenerator<Row> {
  for await (const hit of search(places, { ...part, tiers: new Set(['hot']) }, { anyColumn: true })) {
    stopIfTold(stop, PLANNING);
    yield rowOf(hit);
  }
  for await (const { lines, footer } of archivedLines(places, part, {
    ...{ newestFirst: false, report: emptyReport(), anyColumn: true },
    ...{ evenUndrained: true, evenErased: true },
  }))
    for await (const line of lines) {
      stopIfTold(stop, PLANNING);
      yield decodeLine(line, footer.table);
    }
}

/** Counts the database rows that any of these queries of one table takes. */
async function countHot(
  places: Places,
  parts: readonly Query[],
  unread: { table: string; why: string }[],
  stop: Stop,
): Promise<number> {
  const seen = new Set<string>();
  let rows = 0;
  for (const part of parts) {
    const inHot = search(places, { ...part, tiers: new Set(['hot']) }, { anyColumn: true });
    for await (const { line } of inHot) {
      stopIfTold(stop, PLANNING);
      if (parts.length === 1) rows++;
      else seen.add(hash('sha256', line, 'base64'));
    }
    if (unread.every(({ table }) => table !== part.tables[0])) unread.push(...inHot.report.unread);
  }
  return rows + seen.size;
}

async function stepsOf(
  places: Places,
  parts: readonly Query[],
  problems: Problem[],
  stop: Stop,
): Promise<readonly EraseStep[]> {
  const steps = new Map<string, EraseStep & { readonly positions: Set<number> }>();
  for (const part of parts) {
    const report = emptyReport();
    for await (const { ref, tier, positioned } of archivedLines(places, part, {
      ...{ newestFirst: false, report, anyColumn: true, evenUndrained: true, evenErased: true },
    })) {
      stopIfTold(stop, PLANNING);
      const { segment, table } = ref;
      const step = steps.get(segment) ?? { segment, table, tier, positions: new Set() };
      for await (const { position } of positioned) step.positions.add(position);
      if (step.positions.size > 0) steps.set(segment, step);
    }
    problems.push(...report.problems);
  }
  return [...steps.values()];
}

async function refuseHeld(places: Places, query: Query): Promise<void> {
  for (const hold of (await places.hot?.reader.ledger.holds()) ?? []) {
    const tables = query.tables.filter((table) => places.dialect.sameName(table, hold.table));
    if (tables.length === 0) continue;
    const where = [...query.where, ...hold.conditions];
    const held = search(places, { ...query, tables, where, limit: 1 }, { anyColumn: true });
    for await (const _ of held) {
      throw new FirnError(
        'refused',
        `hold ${hold.id} matches some of these rows of ${hold.table} (${holdInWords(hold)}): ${hold.reason}`,
        {
          operation: 'erase rows',
          path: hold.table,
          hint: `Nothing was erased. Remove the hold first with: firn hold remove ${hold.id}`,
        },
      );
    }
  }
}
