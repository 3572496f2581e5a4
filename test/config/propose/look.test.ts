import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from '../../../src/config/load.ts';
import { configText } from '../../../src/config/propose/config-text.ts';
import { propose } from '../../../src/config/propose/proposal.ts';
import { lookAt } from '../../support/programs/look-at.ts';
import { insertRow, observabilityDatabase } from '../../support/worlds/observability-schema.ts';

const NOW = Date.UTC(2026, 0, 20);
const folder = mkdtempSync(join(tmpdir(), 'firn-look-'));
after(() => rmSync(folder, { recursive: true }));

async function proposal(path: string): Promise<string> {
  const { looks, sampler } = await lookAt(path, NOW);
  return configText(propose(looks, sampler.links, []), {
    schema: 'config.schema.json',
    database: path,
    archives: null,
  });
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
