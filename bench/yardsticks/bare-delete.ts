/**
 * The floor for any archiver: a batched DELETE of the same rows, nothing kept. 1,000 rows a transaction, with the best settings found:
 * in WAL mode synchronous NORMAL and a checkpoint every 20,000 pages. Prints how many rows it deleted.
 * Usage: bare-delete.ts DATABASE TABLE TIME_COLUMN CUTOFF_TEXT
 */
import { DatabaseSync } from 'node:sqlite';

const BATCH = 1000;
const [path, table, column, cutoff] = process.argv.slice(2) as [string, string, string, string];
const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 5000 });
const wal = (db.prepare('PRAGMA journal_mode').get() as { journal_mode: string }).journal_mode === 'wal';
db.exec(
  `PRAGMA cache_size = -65536; PRAGMA synchronous = ${wal ? 'NORMAL' : 'FULL'}; PRAGMA wal_autocheckpoint = 20000`,
);
const remove = db.prepare(
  `DELETE FROM "${table}" WHERE rowid IN (SELECT rowid FROM "${table}" WHERE "${column}" < ? ORDER BY "${column}" LIMIT ${BATCH})`,
);
let rows = 0;
for (let changes = BATCH; changes === BATCH; rows += changes) {
  db.exec('BEGIN IMMEDIATE');
  changes = Number(remove.run(cutoff).changes);
  db.exec('COMMIT');
}
if (wal) db.exec('PRAGMA wal_checkpoint(PASSIVE)');
db.close();
console.log(rows);
