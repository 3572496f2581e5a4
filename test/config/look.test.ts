import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { lookAtTables } from '../../src/config/look.ts';
import { proposeConfig } from '../../src/config/propose.ts';
import { openSqliteReader } from '../../src/hot/sqlite/open-sqlite.ts';
import { readSqliteSamples } from '../../src/hot/sqlite/stats/samples.ts';
import { asInstant } from '../../src/model/instant.ts';
import { insertRow, observabilityDatabase } from '../support/worlds/observability-schema.ts';

const NOW = Date.UTC(2026, 0, 20) * 1000;
const folder = mkdtempSync(join(tmpdir(), 'firn-look-'));
after(() => rmSync(folder, { recursive: true }));

async function proposal(path: string): Promise<string> {
  await using reader = await openSqliteReader(path);
  const looks = await lookAtTables(reader, (table) => readSqliteSamples(path, table, 100), asInstant(NOW));
  return proposeConfig(looks, { schema: 'config.schema.json', database: path, archives: null });
}

test('a look at a database ends in a file that loads, and the database stays as it was', async () => {
  const path = join(folder, 'real.db');
  using db = observabilityDatabase(path);
  insertRow(db, 'tool_uses', { id: 'a', start_time: '2026-01-16T11:23:33Z' });
  db.exec(`CREATE TABLE "odd ""name"": x"(id INTEGER PRIMARY KEY, "seen at" INTEGER, big INTEGER) ;
    INSERT INTO "odd ""name"": x" VALUES (1, 1768562613, 9007199254740993), (2, NULL, 1);
    CREATE TABLE refused(_archived_at TEXT, at TEXT);
    CREATE TABLE bare(id INTEGER PRIMARY KEY, name TEXT)`);
  const before = readdirSync(folder);

  const text = await proposal(path);
  assert.match(text, /# tool_uses: managed by the preset/);
  assert.match(
    text,
    /# cleanup_log: not managed yet. created_at: chosen by its name, because the table is empty/,
  );
  assert.match(text, /# Not managed, because rows of managed tables refer to them: events, tasks\./);
  assert.match(text, /# "odd \\"name\\": x": not managed yet. "seen at": the only sampled value is a time/);
  assert.match(text, /bare/);
  assert.ok(!text.includes('refused'));
  const config = loadConfig({ flags: {}, env: {}, cwd: '/work', readFile: () => text });
  assert.equal(config.database.text, path);
  assert.deepEqual(readdirSync(folder), before);
});
