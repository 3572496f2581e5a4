import { decodeLine, type Row } from '../../format/line/line.ts';
import { lineMatcher } from '../../format/match/line-match.ts';
import type { Reference } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import { emptyReport, type SearchReport } from '../places/search-report.ts';
import { type ArchivedLines, archivedLines } from '../read/archived-lines.ts';
import { checkAllColumns } from '../read/check-columns.ts';
import { type Kin, withKin } from '../read/kin.ts';
import type { Query } from '../read/query.ts';
import { parentsFirst } from '../read/relations.ts';

/** Lines of one segment. */
export interface PartLines extends ArchivedLines {
  /** True of kin, which keys find. */
  readonly isPart: boolean;
}

/**
 * The archived rows that match, and their kin, each once, in an order in which they can be inserted: the rows of parents before those that belong to
 * them, or refer to them by a declared foreign key.
 * @param relations parents before their children.
 */
export async function* partsInOrder(
  places: Places,
  query: Query,
  relations: readonly Reference[],
  kin: Kin,
  options: { readonly newestFirst: boolean; readonly report: SearchReport },
): AsyncGenerator<PartLines, void, void> {
  const ties = [...relations, ...((await places.hot?.reader.references()) ?? [])];
  if (!kin.children && !kin.parents) {
    const tables = parentsFirst(query.tables, ties, places.dialect);
    for await (const segment of archivedLines(places, { ...query, tables }, options))
      yield { ...segment, isPart: false };
    return;
  }
  await checkAllColumns(places, query);
  const rowsOf = (part: Query) => archivedRowsOf(places, part);
  const parts = await withKin(relations, query, kin, rowsOf, places.dialect);
  const tables = parentsFirst(
    parts.map((part) => part.tables[0]!),
    ties,
    places.dialect,
  );
  for (const table of tables) {
    const own = parts.filter((part) => part.tables[0] === table);
    for (const [at, part] of own.entries()) {
      for await (const segment of archivedLines(places, part, { ...options, anyColumn: true }))
        yield { ...without(own.slice(0, at), segment), isPart: part.among !== null || at > 0 };
    }
  }
}

/** Without the lines that other queries of the table take. */
function without(others: readonly Query[], segment: ArchivedLines): ArchivedLines {
  if (others.length === 0) return segment;
  const matchers = others.flatMap((query) => lineMatcher(query, segment.footer) ?? []);
  async function* rest(): AsyncGenerator<Uint8Array> {
    for await (const line of segment.lines)
      if (matchers.every(({ match }) => match(line) === null)) yield line;
  }
  return { ...segment, isFiltered: true, lines: rest() };
}

async function* archivedRowsOf(places: Places, query: Query): AsyncGenerator<Row> {
  // What cannot be read is a problem of the reading that follows.
  const options = { newestFirst: true, report: emptyReport(), anyColumn: true };
  for await (const { lines, footer } of archivedLines(places, query, options))
    for await (const line of lines) yield decodeLine(line, footer.table);
}
