import type { ErasureFilter, ErasureOrder } from '../../model/erasure.ts';
import { isUnreadableTable } from '../../model/errors.ts';
import type { TableShape } from '../../model/shape.ts';
import { timeSourceOf } from '../places/age-column.ts';
import { refsOfFiles, refsOfReceipts } from '../places/catalog.ts';
import { erasedOf, hiddenInHot, noteUnreadableOrders } from '../places/erased.ts';
import type { Places } from '../places/places.ts';
import type { SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { type Foretold, foretell } from './foretold.ts';
import { type GatheredTable, HiddenLines } from './hidden-lines.ts';
import { findHot } from './hot-finding.ts';
import type { Query } from './query.ts';

/** Everything that decides an answer and may change while it is read: of each table, hot rows, receipts and leases of one instant. */
export interface Gathered {
  readonly refs: readonly SegmentRef[];
  /** By folded name, in the order of the query; empty without a database. */
  readonly tables: ReadonlyMap<string, GatheredTable & { readonly table: string }>;
  readonly erasures: readonly ErasureOrder[];
  /** Null without a database. */
  readonly hidden: HiddenLines | null;
  /** What tells without opening them that segments hold nothing that is wanted; null when that is not known. */
  readonly foretold: Foretold | null;
}

export interface GatherOptions {
  /** `rows`: hot rows are wanted, and lines whose row is leased give way. `archived`: they do not, as they are archived. */
  readonly purpose: 'rows' | 'archived';
  /** Hot rows are wanted in any order, and of their lines only these columns; null for all. */
  readonly lean?: { readonly columns: readonly string[] | null };
}

/** @param opened takes what must stay open until the answer has been read. */
export async function gather(
  places: Places,
  query: Query,
  report: SearchReport,
  opened: AsyncDisposableStack,
  { purpose, lean }: GatherOptions,
): Promise<Gathered> {
  const { hot, archive, dialect } = places;
  const erased = await erasedOf(places);
  noteUnreadableOrders(report, erased);
  if (hot === null) {
    const { refs, problems } = await refsOfFiles(archive);
    report.problems.push(...problems);
    return { refs, tables: new Map(), erasures: erased.orders, hidden: null, foretold: null };
  }
  const alarms = places.alarms ?? [];
  report.problems.push(
    ...alarms.filter(
      ({ table }) => table === '' || query.tables.some((name) => dialect.sameName(name, table)),
    ),
  );
  const tables = new Map<string, GatheredTable & { table: string }>();
  const refs: SegmentRef[] = [];
  for (const table of query.tables) {
    const found = await gatherTable(
      places,
      hot,
      query,
      table,
      purpose,
      hiddenInHot(erased, table, dialect),
      report,
      lean,
    );
    opened.use(found.finding);
    tables.set(dialect.foldName(table), { table, ...found });
    refs.push(...refsOfReceipts(found.finding));
  }
  return {
    refs,
    tables,
    erasures: erased.orders,
    hidden: new HiddenLines(tables, purpose !== 'archived', dialect),
    foretold: await foretell(places, query, refs.length),
  };
}

async function gatherTable(
  places: Places,
  { reader, lookup }: NonNullable<Places['hot']>,
  query: Query,
  table: string,
  purpose: GatherOptions['purpose'],
  erased: readonly ErasureFilter[],
  report: SearchReport,
  lean: GatherOptions['lean'],
): Promise<GatheredTable> {
  let shape: TableShape | null = null;
  try {
    shape = await reader.shape(table);
    const time = await timeSourceOf(places, table);
    return {
      shape,
      finding: await findHot(lookup, query, table, shape, time, purpose, erased, reader.dialect, lean),
    };
  } catch (error) {
    // Its hot rows cannot be read. Its archived rows can, and other tables.
    if (!isUnreadableTable(error)) throw error;
    const finding = await lookup.find(table, null, null);
    report.unread.push({ table, why: error.message });
    return { shape: null, finding };
  }
}
