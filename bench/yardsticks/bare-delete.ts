/**
 * The floor for any archiver: a batched DELETE of the same rows, nothing kept. 1,000 rows a transaction, with the best settings found:
 * in WAL mode synchronous NORMAL and a checkpoint every 20,000 pages.
 * Usage: bare-delete.ts DATABASE TABLE TIME_COLUMN CUTOFF_TEXT
 */
import { DatabaseSync } from 'node:sqlite';

const [path, table, column, cutoff] = process.argv.slice(2) as [string, string, string, string];
const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 5000 });
const wal = (db.prepare('PRAGMA journal_mode').get() as { journal_mode: string }).journal_mode === 'wal';
db.exec(
  `PRAGMA cache_size = -65536; PRAGMA synchronous = ${wal ? 'NORMAL' : 'FULL'}; PRAGMA wal_autocheckpoint = 20000`,
);
const began = performance.now();
const remove = db.prepare(
  `DELETE FROM "${table}" WHERE rowid IN (SELECT rowid FROM "${table}" WHERE "${column}" < ? ORDER BY "${column}" LIMIT 1000)`,
);
let rows = 0;
for (;;) {
  db.exec('BEGIN IMMEDIATE');
  const changes = Number(remove.run(cutoff).changes);
  db.exec('COMMIT');
  rows += changes;
  if (changes < 1000) break;
}
if (wal) db.exec('PRAGMA wal_checkpoint(PASSIVE)');
db.close();
console.log(
  JSON.stringify({ rows, ms: performance.now() - began, maxRss: process.resourceUsage().maxRSS * 1024 }),
);
