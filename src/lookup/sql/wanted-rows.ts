import { sameWord } from '../../model/names.ts';
import type { Stop } from '../../model/stop.ts';
import type { Places } from '../places/places.ts';
import { everything, type Query } from '../read/query.ts';
import type { FittedViews } from './fitted-views.ts';
import type { Pushdown } from './query/statement.ts';
import { boundConditions, isText } from './query/time-bounds.ts';
import { layOutTable, type TableFiles } from './table-files.ts';

export interface WantedTable {
  readonly table: string;
  /** A table of the database alone. */
  readonly isOther: boolean;
  /** What the statement asks of it; null for all of its rows. */
  readonly pushed: Pushdown | null;
  /** Empty, and this table's alone. */
  readonly folder: string;
  /** Where lake files of another machine are put; null when no lake is to be read. */
  readonly downloads: string | null;
  readonly fitted: FittedViews;
  readonly stop: Stop;
}

/** Lays out what a statement asks of a table, as far as it can be told. Conditions of the filter are always held to. */
export async function layOut(
  places: Places,
  { where, text, since, until, tiers }: Query,
  wanted: WantedTable,
): Promise<TableFiles> {
  const { table, isOther, pushed, folder, stop } = wanted;
  // Of a table that cannot be read, nothing can be pushed down.
  const shape = (await places.hot?.reader.shape(table).catch(() => null)) ?? null;
  // A text in a condition meets text in the rows only where the column turns everything into text.
  const textual = (column: string): boolean =>
    shape?.columns.some(({ name, type }) => sameWord(name, column) && isText(type)) ?? false;
  const equal = pushed?.where.filter(({ column }) => textual(column)) ?? [];
  const among = pushed?.among != null && textual(pushed.among.column) ? pushed.among : null;
  // Of another table nothing is left when its columns cannot be read.
  if (shape === null && isOther) await places.hot?.reader.shape(table);
  const bounds = pushed?.bounds ?? [];
  const query = { ...everything([table]), text, since, until, tiers, where: [...where, ...equal], among };
  // Bloom filters spare more than a download: what is pushed down is better asked of segments there.
  const isFar =
    places.archive.capabilities.isRemote && equal.length + bounds.length + (among?.values.size ?? 0) > 0;
  const spared = {
    ...{ bounds, hot: boundConditions(bounds, textual), columns: pushed?.columns ?? null },
    downloads: isOther || where.length > 0 || text !== null || isFar ? null : wanted.downloads,
  };
  const laid = await layOutTable(places, folder, query, spared, stop);
  if (wanted.fitted.suits(table, laid)) return laid;
  return await layOutTable(places, folder, query, { ...spared, downloads: null }, stop);
}
