import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createIdeas } from '../ideas.ts';
import { firn } from '../world.ts';

test('free pages are named after an archive run, and given back when asked', async (t) => {
  const ideas = createIdeas(t);
  {
    using db = new DatabaseSync(ideas.database);
    db.exec('CREATE TABLE big (x); INSERT INTO big VALUES (zeroblob(1000000)); DROP TABLE big');
  }
  const archived = await firn(['archive', 'all', ...ideas.paths]);
  assert.match(archived.stderr, /firn reclaim/);

  const before = statSync(ideas.database).size;
  const bytes = readFileSync(ideas.database);
  const dry = await firn(['reclaim', '--dry-run', ...ideas.paths]);
  assert.equal(dry.status, 0);
  assert.match(dry.stdout, /DRY RUN/);
  assert.match(dry.stdout, /full rebuild/);
  assert.deepEqual(readFileSync(ideas.database), bytes);

  const nothing = JSON.parse((await firn(['reclaim', '--json', ...ideas.paths])).stdout);
  assert.deepEqual([nothing.method, nothing.freed_bytes], ['nothing', 0]);
  const full = JSON.parse((await firn(['reclaim', '--full', '--json', ...ideas.paths])).stdout);
  assert.equal(full.method, 'full');
  assert.ok(full.freed_bytes > 900_000);
  assert.equal(statSync(ideas.database).size, before - full.freed_bytes);
  assert.doesNotMatch((await firn(['archive', 'all', ...ideas.paths])).stderr, /firn reclaim/);
});
