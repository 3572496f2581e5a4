import { FirnError } from '../../../model/errors.ts';
import type { Connection } from '../connection/connection.ts';

const VERSION = 1;

/**
 * Nothing here is newer than SQLite 3.8: the host's programs must go on reading their schema, and a single STRICT table would lock out
 * those with an SQLite before 3.37.
 */
const TABLES = `
  CREATE TABLE _firn_meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);
  CREATE TABLE _firn_receipts (
    segment TEXT PRIMARY KEY NOT NULL,
    "table" TEXT NOT NULL,
    day TEXT NOT NULL,
    part INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sealing', 'draining', 'archived', 'replaced', 'purged')),
    tier TEXT NOT NULL CHECK (tier IN ('warm', 'cold')),
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    digest TEXT NOT NULL,
    min_time INTEGER NOT NULL,
    max_time INTEGER NOT NULL,
    archived_at TEXT NOT NULL,
    position INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    absent INTEGER NOT NULL,
    replaced_by TEXT,
    purged_at TEXT,
    adopted INTEGER NOT NULL,
    proved_at TEXT,
    span TEXT NOT NULL DEFAULT 'day'
  );
  CREATE TABLE _firn_changed (segment TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (segment, position));
  CREATE TABLE _firn_holds (
    id INTEGER PRIMARY KEY,
    "table" TEXT NOT NULL,
    conditions TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_at TEXT NOT NULL
  );
  INSERT INTO _firn_meta VALUES ('version', '${VERSION}');`;

/** Whether the ledger's tables exist. Throws `refused` when a newer Firn made them. */
export function hasLedger({ db, path }: Connection): boolean {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_meta'")
    .get();
  if (found === undefined) return false;
  const row = db.prepare("SELECT value FROM main._firn_meta WHERE key = 'version'").get() as
    | { value: string }
    | undefined;
  // A copy of the schema alone has the tables and nothing in them.
  if (row === undefined || Number(row.value) <= VERSION) return true;
  throw new FirnError(
    'refused',
    `the ledger has version ${row.value}; this version of Firn supports ${VERSION}`,
    {
      operation: 'read the ledger',
      path,
      hint: 'Use the newer version of Firn that wrote it.',
    },
  );
}

/** Makes the tables when there are none. Must run inside a write transaction. */
export function ensureLedger(connection: Connection): void {
  const { db } = connection;
  if (!hasLedger(connection)) {
    db.exec(TABLES);
    return;
  }
  db.exec(`INSERT OR IGNORE INTO main._firn_meta VALUES ('version', '${VERSION}')`);
  if (!hasSpans(connection))
    db.exec("ALTER TABLE main._firn_receipts ADD COLUMN span TEXT NOT NULL DEFAULT 'day'");
}

/** The table of receipts to read from, as SQL. Ledgers of earlier versions have no spans: all of their segments cover a day. */
export function receiptsTable(connection: Connection): string {
  return hasSpans(connection)
    ? 'main._firn_receipts'
    : "(SELECT *, 'day' AS span FROM main._firn_receipts) AS _firn_receipts";
}

function hasSpans({ db }: Connection): boolean {
  const found = db
    .prepare("SELECT 1 FROM temp.pragma_table_info('_firn_receipts', 'main') WHERE name = 'span'")
    .get();
  return found !== undefined;
}
