import type { ArchiveStore } from '../../archive/archive-store.ts';
import { newestFooter } from '../../archive/newest-footer.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Ledger } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { type Condition, formatCondition, type Hold } from '../../model/filter.ts';
import { byWord, nearestName, sameWord } from '../../model/names.ts';

export interface NewHold {
  readonly table: string;
  /** All of them must be true of a row; at least one. */
  readonly conditions: readonly Condition[];
  readonly reason: string;
}

/** Where a table's columns can be learnt from: the database, or else the archive. */
export interface HoldStores {
  readonly store: Pick<HotReader, 'tables' | 'shape' | 'dialect'> & { readonly ledger: Ledger };
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

/**
 * Keeps the matching rows where they are from now on: hot rows are not archived, and a segment that holds one neither
 * moves nor is purged. Throws `usage` for a table or column that neither the database nor the archive has, since such a
 * hold would keep nothing.
 */
export async function addHold(stores: HoldStores, { table, conditions, reason }: NewHold): Promise<Hold> {
  if (conditions.length === 0)
    throw wrong('a hold needs at least one condition, such as task_id=T-042', table);
  if (reason.trim() === '') throw wrong('a hold needs a reason', table);
  const known = await knownTable(stores, table);
  const named = conditions.map((condition) => ({
    ...condition,
    column: knownColumn(known, condition.column),
  }));
  const createdAt = new Date(stores.clock.now()).toISOString();
  return await stores.store.ledger.addHold({ table: known.table, conditions: named, reason, createdAt });
}

/** Releases a hold. Throws `not_found` when there is none of that number. */
export async function removeHold(ledger: Ledger, id: number): Promise<void> {
  if (await ledger.removeHold(id)) return;
  const ids = (await ledger.holds()).map((hold) => hold.id);
  throw new FirnError('not_found', `there is no hold ${id}`, {
    operation: 'remove the hold',
    hint: ids.length === 0 ? 'There are no holds.' : `There are: ${ids.join(', ')}. See: firn hold list`,
  });
}

/** `task_id=T-042 and entry_type=error` */
export function holdInWords({ conditions }: Pick<Hold, 'conditions'>): string {
  return conditions.map(formatCondition).join(' and ');
}

async function knownTable(
  { store, archive }: HoldStores,
  wanted: string,
): Promise<{ readonly table: string; readonly columns: readonly string[] }> {
  const tables = await store.tables();
  const hot = byWord(tables, wanted);
  const columns = new Set<string>();
  if (hot !== undefined) for (const { name } of (await store.shape(hot))?.columns ?? []) columns.add(name);
  const receipts = (await store.ledger.receipts()).filter(({ table }) =>
    hot === undefined ? sameWord(table, wanted) : store.dialect.sameName(table, hot),
  );
  const footer = await newestFooter(
    archive,
    receipts.filter(({ state }) => state === 'archived'),
  );
  for (const { name } of footer?.columns ?? []) columns.add(name);
  const table = hot ?? receipts[0]?.table;
  if (table !== undefined) return { table, columns: [...columns] };
  const nearest = nearestName(wanted, tables);
  throw wrong(
    `no table ${JSON.stringify(wanted)} in the database or the archive`,
    wanted,
    nearest === null ? undefined : `Did you mean ${nearest}?`,
  );
}

function knownColumn(known: { table: string; columns: readonly string[] }, wanted: string): string {
  const column = byWord(known.columns, wanted);
  if (column !== undefined) return column;
  const nearest = nearestName(wanted, known.columns);
  const hint =
    nearest === null ? `Its columns are: ${known.columns.join(', ')}.` : `Did you mean ${nearest}?`;
  throw wrong(`${known.table} has no column ${JSON.stringify(wanted)}`, known.table, hint);
}

function wrong(message: string, path: string, hint?: string): FirnError {
  return new FirnError('usage', message, {
    operation: 'add the hold',
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}
