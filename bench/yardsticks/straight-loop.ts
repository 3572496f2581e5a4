/**
 * The archiver one writes first, written honestly: SELECT 1,000 rows, JSON per row, append to a gzip stream, DELETE by id, commit.
 * It loses rows when it is killed (domain.md, hazards 1 to 3); it is here for its speed only.
 * Usage: straight-loop.ts DATABASE TABLE TIME_COLUMN CUTOFF_TEXT OUTPUT
 */
import { createWriteStream } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const [path, table, column, cutoff, output] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 5000 });
const began = performance.now();
const select = db.prepare(`SELECT * FROM "${table}" WHERE "${column}" < ? ORDER BY "${column}" LIMIT 1000`);
const gzip = createGzip();
const file = createWriteStream(output, { flags: 'wx' });
gzip.pipe(file);
const archivedAt = new Date().toISOString();
let rows = 0;
for (;;) {
  const batch = select.all(cutoff) as { id: string }[];
  if (batch.length === 0) break;
  const text = batch.map((row) => JSON.stringify({ ...row, _archived_at: archivedAt })).join('\n');
  if (!gzip.write(`${text}\n`)) await new Promise((resume) => gzip.once('drain', resume));
  db.exec('BEGIN IMMEDIATE');
  db.prepare(`DELETE FROM "${table}" WHERE id IN (${batch.map(() => '?').join(',')})`).run(
    ...batch.map(({ id }) => id),
  );
  db.exec('COMMIT');
  rows += batch.length;
}
gzip.end();
await finished(file);
db.close();
console.log(
  JSON.stringify({ rows, ms: performance.now() - began, maxRss: process.resourceUsage().maxRSS * 1024 }),
);
