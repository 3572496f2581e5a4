import { hash } from 'node:crypto';
import { sqlite } from '../../../model/database/dialect.ts';
import type { Receipt } from '../../ledger.ts';
import type { Connection } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { selectLastIds } from './last-id-lines.ts';
import { hasLeases, leasedSegments } from './leases.ts';
import { selectChanged, selectReceipts } from './receipts.ts';

/** What the ledger says of one table at one instant. Whatever moves a row moves a part of it in the same transaction. */
export interface TableState {
  readonly receipts: readonly Receipt[];
  readonly leased: ReadonlySet<string>;
  readonly kept: ReadonlyMap<string, ReadonlySet<number>>;
  /** SQLite's `data_version`: the same as long as nobody else commits. */
  readonly version: number;
  /** Digest of the leases; null when it was not asked for. */
  readonly leases: string | null;
}

export function tableState(connection: Connection, table: string, withLeases: boolean): TableState {
  return guard('read the ledger', connection.path, () => {
    const { data_version: version } = connection.db.prepare('PRAGMA data_version').get() as {
      data_version: number;
    };
    const receipts = selectReceipts(connection, { table }).filter((receipt) =>
      sqlite.sameName(receipt.table, table),
    );
    // Of an adopted segment both the row and the line stay, unless they are the same.
    const kept = receipts
      .filter(({ state }) => state === 'draining')
      .map(({ segment, adopted }) => {
        const positions = adopted ? selectLastIds(connection, segment) : selectChanged(connection, segment);
        return [segment, new Set(positions)] as const;
      });
    return {
      ...{ receipts, version, kept: new Map(kept) },
      leased: leasedSegments(connection, table),
      leases: withLeases ? digestOfLeases(connection, table) : null,
    };
  });
}

/** Whether no row was moved by Firn between the two. */
export function isUnchanged(before: TableState, after: TableState): boolean {
  if (before.version === after.version) return true;
  const stamp = ({ receipts, leases }: TableState): string =>
    JSON.stringify([
      leases,
      receipts.map(({ segment, state, position, tier }) => [segment, state, position, tier]),
    ]);
  return stamp(before) === stamp(after);
}

/** A segment that counts although its rows may not have been in hot when its drain began. */
export function isAdopting({ state, adopted }: Pick<Receipt, 'state' | 'adopted'>): boolean {
  return adopted && (state === 'draining' || state === 'sealing');
}

function digestOfLeases(connection: Connection, table: string): string {
  if (!hasLeases(connection)) return '';
  const rows = connection.db
    .prepare(
      'SELECT key || char(0) || until AS lease FROM main._firn_leases WHERE "table" = ? COLLATE NOCASE',
    )
    .iterate(table) as Iterable<{ lease: string }>;
  let leases = '';
  for (const { lease } of rows) leases = hash('sha256', leases + lease);
  return leases;
}
