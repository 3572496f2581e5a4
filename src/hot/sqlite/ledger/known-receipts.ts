import type { DatabaseSync } from 'node:sqlite';
import type { Receipt, ReceiptState } from '../../ledger.ts';
import type { Connection } from '../connection/connection.ts';
import { selectReceipts } from './receipts.ts';

/** All receipts of a database, and the state of it that has them. */
interface Known {
  readonly version: bigint;
  readonly changes: bigint;
  readonly receipts: readonly Receipt[];
}

const known = new WeakMap<DatabaseSync, Known>();

/**
 * The receipts as `selectReceipts` gives them, all or those in some states. One command asks for them several times, and there may be tens of
 * thousands: they are read again only when something was committed since, by this connection or another.
 */
export function knownReceipts(
  connection: Connection,
  { state }: { readonly state?: readonly ReceiptState[] },
): readonly Receipt[] {
  const receipts = allReceipts(connection);
  return state === undefined ? receipts : receipts.filter((receipt) => state.includes(receipt.state));
}

function allReceipts(connection: Connection): readonly Receipt[] {
  const { db } = connection;
  // What is read in a transaction may be rolled back.
  if (db.isTransaction) return selectReceipts(connection, {});
  // Before the receipts: what is committed in between makes them be read again.
  const now = { version: ask(db, 'PRAGMA data_version'), changes: ask(db, 'SELECT total_changes()') };
  const before = known.get(db);
  if (before?.version === now.version && before.changes === now.changes) return before.receipts;
  const receipts = selectReceipts(connection, {});
  known.set(db, { ...now, receipts });
  return receipts;
}

function ask(db: DatabaseSync, sql: string): bigint {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  return Object.values(statement.get()!)[0] as bigint;
}
