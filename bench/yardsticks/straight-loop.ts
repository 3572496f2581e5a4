/**
 * The archiver one writes first, written honestly: SELECT 1,000 rows, JSON per row, append to a gzip stream, DELETE by id, commit;
 * SQLite as it comes. It loses rows when it is killed (domain.md, hazards 1 to 3); it is here for its speed only. Prints how many rows.
 * Usage: straight-loop.ts DATABASE TABLE TIME_COLUMN CUTOFF_TEXT OUTPUT
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const BATCH = 1000;
const [path, table, column, cutoff, output] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 5000 });
const select = db.prepare(
  `SELECT * FROM "${table}" WHERE "${column}" < ? ORDER BY "${column}" LIMIT ${BATCH}`,
);
const deletion = (ids: number): string =>
  `DELETE FROM "${table}" WHERE id IN (${Array(ids).fill('?').join(',')})`;
const deleteBatch = db.prepare(deletion(BATCH));
const gzip = createGzip();
const file = createWriteStream(output, { flags: 'wx' });
const written = finished(file);
gzip.pipe(file);
const archivedAt = new Date().toISOString();
let rows = 0;
for (;;) {
  const batch = select.all(cutoff) as { id: string }[];
  if (batch.length === 0) break;
  const text = batch.map((row) => JSON.stringify({ ...row, _archived_at: archivedAt })).join('\n');
  if (!gzip.write(`${text}\n`)) await once(gzip, 'drain');
  db.exec('BEGIN IMMEDIATE');
  const remove = batch.length === BATCH ? deleteBatch : db.prepare(deletion(batch.length));
  remove.run(...batch.map(({ id }) => id));
  db.exec('COMMIT');
  rows += batch.length;
}
gzip.end();
await written;
db.close();
console.log(rows);
