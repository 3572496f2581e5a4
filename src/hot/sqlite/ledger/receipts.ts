import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { FirnError } from '../../../model/errors.ts';
import type { Drained } from '../../hot-store.ts';
import type { Receipt, ReceiptMove, ReceiptState } from '../../ledger.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { recordLastIds } from './last-id-lines.ts';
import { ensureLedger, hasLedger, receiptsTable } from './ledger-schema.ts';

type Field = keyof Receipt;

/** Every field of a receipt, and its column. */
const COLUMNS: Readonly<Record<Field, string>> = {
  segment: 'segment',
  table: 'table',
  day: 'day',
  span: 'span',
  part: 'part',
  state: 'state',
  tier: 'tier',
  rows: 'rows',
  bytes: 'bytes',
  rawBytes: 'raw_bytes',
  digest: 'digest',
  minTime: 'min_time',
  maxTime: 'max_time',
  archivedAt: 'archived_at',
  position: 'position',
  deleted: 'deleted',
  changed: 'changed',
  absent: 'absent',
  replacedBy: 'replaced_by',
  purgedAt: 'purged_at',
  adopted: 'adopted',
  provedAt: 'proved_at',
};
const FIELDS = Object.keys(COLUMNS) as Field[];
const NAMES = FIELDS.map((field) => quoteName(COLUMNS[field]));

const PLACES = Object.fromEntries(FIELDS.map((field, at) => [field, at])) as Readonly<Record<Field, number>>;

/** The values of a row, in the order of `COLUMNS`. */
type Cells = readonly (null | bigint | string)[];

/** Receipts in the order of table, day and part. */
export function selectReceipts(
  connection: Connection,
  filter: { readonly table?: string; readonly state?: readonly ReceiptState[]; readonly segment?: string },
): Receipt[] {
  if (!hasLedger(connection)) return [];
  const conditions: string[] = [];
  const params: string[] = [];
  if (filter.segment !== undefined) {
    conditions.push('segment = ?');
    params.push(filter.segment);
  }
  if (filter.table !== undefined) {
    conditions.push('"table" = ? COLLATE NOCASE');
    params.push(filter.table);
  }
  if (filter.state !== undefined) {
    conditions.push('state IN (SELECT value FROM temp.json_each(?))');
    params.push(JSON.stringify(filter.state));
  }
  const statement = connection.db.prepare(
    `SELECT ${NAMES.join(', ')} FROM ${receiptsTable(connection)}
    ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`} ORDER BY "table", day, part`,
  );
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return (statement.all(...params) as unknown as Cells[]).map(asReceipt);
}

/** Made in one piece: every search reads all receipts, and there may be tens of thousands. */
function asReceipt(cells: Cells): Receipt {
  return {
    segment: text(cells, 'segment'),
    table: text(cells, 'table'),
    day: text(cells, 'day'),
    span: text(cells, 'span'),
    part: number(cells, 'part'),
    state: text(cells, 'state'),
    tier: text(cells, 'tier'),
    rows: number(cells, 'rows'),
    bytes: number(cells, 'bytes'),
    rawBytes: number(cells, 'rawBytes'),
    digest: text(cells, 'digest'),
    minTime: number(cells, 'minTime'),
    maxTime: number(cells, 'maxTime'),
    archivedAt: text(cells, 'archivedAt'),
    position: number(cells, 'position'),
    deleted: number(cells, 'deleted'),
    changed: number(cells, 'changed'),
    absent: number(cells, 'absent'),
    replacedBy: text(cells, 'replacedBy'),
    purgedAt: text(cells, 'purgedAt'),
    adopted: cells[PLACES.adopted] === 1n,
    provedAt: text(cells, 'provedAt'),
  };
}

/** What the ledger has as text or NULL. */
function text<F extends Field>(cells: Cells, field: F): Receipt[F] {
  return cells[PLACES[field]] as Receipt[F];
}

function number<F extends Field>(cells: Cells, field: F): Receipt[F] {
  return Number(cells[PLACES[field]]) as Receipt[F];
}

/** Must run inside a write transaction. */
export function insertReceipts(connection: Connection, receipts: readonly Receipt[]): void {
  ensureLedger(connection);
  const statement = connection.db.prepare(
    `INSERT OR IGNORE INTO main._firn_receipts (${NAMES.join(', ')}) VALUES (${NAMES.map(() => '?').join(', ')})`,
  );
  for (const receipt of receipts) {
    const { changes } = statement.run(...FIELDS.map((field) => bindable(receipt[field])));
    if (BigInt(changes) !== 1n) throw refused(receipt.segment, 'it has a ledger entry already');
  }
}

/** Must run inside a write transaction. */
export function moveReceipts(connection: Connection, moves: readonly ReceiptMove[]): void {
  ensureLedger(connection);
  // Not an UPDATE: that would write nothing, and make nothing durable, where a receipt stays as it is.
  const statement = connection.db.prepare('DELETE FROM main._firn_receipts WHERE segment = ?');
  for (const { from, to } of moves) {
    const [present] = selectReceipts(connection, { segment: from.segment });
    if (from.segment !== to.segment || present === undefined || !isSame(present, from)) {
      throw refused(from.segment, 'its ledger entry was changed by another process');
    }
    statement.run(from.segment);
  }
  insertReceipts(
    connection,
    moves.map(({ to }) => to),
  );
}

function isSame(a: Receipt, b: Receipt): boolean {
  return FIELDS.every((field) => a[field] === b[field]);
}

function refused(segment: string, why: string): FirnError {
  return new FirnError('refused', why, {
    operation: 'write the ledger',
    path: segment,
    hint: 'Nothing was changed. Run the command again. If it fails again, run firn verify.',
  });
}

function bindable(value: Receipt[Field]): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'number' ? BigInt(value) : value;
}

/** Must run inside a write transaction. */
export function forgetReceipt(connection: Connection, segment: string): void {
  const [receipt] = selectReceipts(connection, { segment });
  if (receipt === undefined) return;
  if (receipt.state !== 'sealing') {
    throw new FirnError('refused', `the segment is ${receipt.state}: its ledger entry must not be deleted`, {
      operation: 'delete a ledger entry',
      path: segment,
    });
  }
  connection.db.prepare('DELETE FROM main._firn_receipts WHERE segment = ?').run(segment);
  connection.db.prepare('DELETE FROM main._firn_changed WHERE segment = ?').run(segment);
}

export function selectChanged(connection: Connection, segment: string): number[] {
  if (!hasLedger(connection)) return [];
  const rows = connection.db
    .prepare('SELECT position FROM main._firn_changed WHERE segment = ? ORDER BY position')
    .all(segment) as { position: number }[];
  return rows.map(({ position }) => position);
}

/** Prepared once for each connection: it is part of every small transaction. */
const advances = new WeakMap<DatabaseSync, StatementSync>();

function advancing(db: DatabaseSync): StatementSync {
  let statement = advances.get(db);
  if (statement === undefined) {
    statement = db.prepare(
      `UPDATE main._firn_receipts SET state = 'draining', position = max(position, ?), deleted = deleted + ?, changed = changed + ?, absent = absent + ?
      WHERE segment = ? AND state IN ('sealing', 'draining')`,
    );
    advances.set(db, statement);
  }
  return statement;
}

/**
 * Moves a receipt on by what a drain did, up to the line `position`. Must run inside the drain's write transaction.
 * @throws FirnError `refused` when the segment has no receipt, or one that is beyond draining.
 */
export function advanceReceipt(
  connection: Connection,
  segment: string,
  position: number,
  drained: Omit<Drained, 'heldMs'>,
): void {
  const { db } = connection;
  const { changes } = advancing(db).run(
    position,
    drained.deleted,
    drained.changed.length,
    drained.absent,
    segment,
  );
  if (BigInt(changes) !== 1n) {
    throw new FirnError('refused', 'the segment has no ledger entry in the state draining', {
      operation: 'drain the segment',
      path: segment,
    });
  }
  if (drained.changed.length === 0) return;
  const insert = db.prepare('INSERT OR IGNORE INTO main._firn_changed VALUES (?, ?)');
  for (const at of drained.changed) insert.run(segment, at);
  recordLastIds(connection, segment, drained.lastId);
}
