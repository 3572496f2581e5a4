import type { IndexRecord, Ledger, LedgerReader } from '../../ledger.ts';
import type { Connection } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { writeTransaction } from '../connection/write-transaction.ts';
import { selectAlarms, sqliteAlarmLog } from './alarm-records.ts';
import { deleteHold, insertHold, selectHolds } from './hold-records.ts';
import { knownReceipts } from './known-receipts.ts';
import { deleteLakeFiles, selectLakeFiles, upsertLakeFiles } from './lake-records.ts';
import { selectLastIds } from './last-id-lines.ts';
import { tablesLeasedByRowid } from './leases.ts';
import { ensureLedger, hasLedger } from './ledger-schema.ts';
import { forgetReceipt, insertReceipts, moveReceipts, selectChanged, selectReceipts } from './receipts.ts';
import { isTogether, recordTogether } from './together.ts';

export function sqliteLedgerReader(connection: Connection): LedgerReader {
  const read = async <T>(action: () => T): Promise<T> => guard('read the ledger', connection.path, action);
  return {
    identity: () => read(() => selectMeta(connection, 'identity')),
    generation: () => read(() => selectMeta(connection, 'generation')),
    index: () => read(() => parseIndex(selectMeta(connection, 'index'))),
    receipts: ({ table, ...filter } = {}) =>
      read(() =>
        table === undefined
          ? knownReceipts(connection, filter)
          : selectReceipts(connection, { table, ...filter }),
      ),
    receipt: (segment) => read(() => selectReceipts(connection, { segment })[0] ?? null),
    changed: (segment) => read(() => selectChanged(connection, segment)),
    lastIds: (segment) => read(() => selectLastIds(connection, segment)),
    isTogether: (segment) => read(() => isTogether(connection, segment)),
    holds: () => read(() => selectHolds(connection)),
    alarms: () => read(() => selectAlarms(connection)),
    lakeFiles: (table) => read(() => selectLakeFiles(connection, table)),
    leasedByRowid: () => read(() => tablesLeasedByRowid(connection)),
  };
}

/** @param durably runs a write transaction so that it survives a power cut once it returns. */
export function sqliteLedger(connection: Connection, durably: <T>(action: () => T) => T): Ledger {
  const write = async <T>(action: () => T): Promise<T> =>
    durably(() => writeTransaction(connection, 'write the ledger', action));
  return {
    ...sqliteLedgerReader(connection),
    ...sqliteAlarmLog(connection, durably),
    identify: (id) => write(() => upsertMeta(connection, 'identity', id)),
    setGeneration: (generation) => write(() => upsertMeta(connection, 'generation', generation)),
    recordIndex: (record) => write(() => upsertMeta(connection, 'index', JSON.stringify(record))),
    insert: (receipts, how = 'alone') =>
      write(() => {
        insertReceipts(connection, receipts);
        if (how === 'together') recordTogether(connection, receipts);
      }),
    move: (moves, created = []) =>
      write(() => {
        moveReceipts(connection, moves);
        insertReceipts(connection, created);
      }),
    confirm: (receipts) =>
      write(() =>
        moveReceipts(
          connection,
          receipts.map((receipt) => ({ from: receipt, to: receipt })),
        ),
      ),
    forget: (segment) => write(() => forgetReceipt(connection, segment)),
    recordLake: (files, forget = []) =>
      write(() => {
        deleteLakeFiles(connection, forget);
        upsertLakeFiles(connection, files);
      }),
    addHold: (hold) => write(() => insertHold(connection, hold)),
    removeHold: (id) => write(() => deleteHold(connection, id)),
  };
}

type MetaKey = 'identity' | 'generation' | 'index';

function selectMeta(connection: Connection, key: MetaKey): string | null {
  if (!hasLedger(connection)) return null;
  const row = connection.db.prepare('SELECT value FROM main._firn_meta WHERE key = ?').get(key);
  return (row?.value as string | undefined) ?? null;
}

/** Must run inside a write transaction. */
function upsertMeta(connection: Connection, key: MetaKey, value: string): void {
  ensureLedger(connection);
  connection.db.prepare('INSERT OR REPLACE INTO main._firn_meta VALUES (?, ?)').run(key, value);
}

/** Null for anything but a record: the index is written anew then. */
function parseIndex(text: string | null): IndexRecord | null {
  if (text === null) return null;
  try {
    const { digest, receipts } = JSON.parse(text) as Partial<Record<keyof IndexRecord, unknown>>;
    return typeof digest === 'string' && typeof receipts === 'string' ? { digest, receipts } : null;
  } catch {
    return null;
  }
}
