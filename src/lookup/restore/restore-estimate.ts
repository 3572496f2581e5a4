import { generatedIn, type TableShape, withGenerated } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import { distinctProblems, emptyReport, type Problem } from '../places/search-report.ts';
import { type Kin, NO_KIN } from '../read/kin.ts';
import type { Query } from '../read/query.ts';
import { relationsOf } from '../read/relations.ts';
import { type ColumnDrift, columnDrift } from './drift.ts';
import { partsInOrder } from './parts-in-order.ts';
import { noteDrift } from './restore-rows.ts';

/** What a restore would do, from footers and filters alone. */
export interface RestoreEstimate {
  readonly segments: number;
  /** At most so many rows, and so much text to read. Exact when the query has neither conditions nor words nor times, and no row stands in hot or was erased. */
  readonly rows: number;
  readonly rawBytes: number;
  readonly exact: boolean;
  readonly tables: readonly {
    readonly table: string;
    readonly segments: number;
    readonly rows: number;
    readonly drift: readonly ColumnDrift[];
  }[];
  readonly problems: Problem[];
}

/** @param present the target's table as it is now; null when it has none. */
export async function estimateRestore(
  places: Places,
  query: Query,
  present: (table: string) => Promise<TableShape | null>,
  kin: Kin = NO_KIN,
): Promise<RestoreEstimate> {
  const report = emptyReport();
  const tables = new Map<string, { table: string; segments: number; rows: number; drift: ColumnDrift[] }>();
  let [rawBytes, isPartial] = [0, false];
  const relations = await relationsOf(places);
  const parts = partsInOrder(places, query, relations, kin, { newestFirst: true, report });
  for await (const { footer, blocks, isPart, isFiltered } of parts) {
    const { table } = footer;
    const own = tables.get(table) ?? { table, segments: 0, rows: 0, drift: [] };
    tables.set(table, own);
    own.segments++;
    isPartial ||= isPart || isFiltered;
    const shape = await present(table);
    if (shape !== null) {
      const { columns } = withGenerated(shape, generatedIn(footer.columns));
      noteDrift(own, columnDrift(footer.columns, columns, places.dialect));
    }
    for (const at of blocks) {
      own.rows += footer.blocks[at]!.rows;
      rawBytes += footer.blocks[at]!.rawBytes;
    }
  }
  const all = [...tables.values()];
  const { where, text, since, until, among } = query;
  return {
    segments: all.reduce((sum, { segments }) => sum + segments, 0),
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    rawBytes,
    exact:
      !isPartial && where.length === 0 && text === null && since === null && until === null && among === null,
    tables: all,
    problems: distinctProblems(report.problems),
  };
}
