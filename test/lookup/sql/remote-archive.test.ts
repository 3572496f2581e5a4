import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { publish } from '../../support/archives/archive.ts';
import { MemoryArchive } from '../../support/archives/memory-archive.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';

/** The same files in memory, under a location that is also that of a folder of this machine. */
async function elsewhere(folder: string, archive: ArchiveStore): Promise<MemoryArchive> {
  class Elsewhere extends MemoryArchive {
    override readonly location: string = folder;
  }
  const copy = new Elsewhere();
  for (const { path } of await archive.list('')) await publish(copy, path, readFileSync(join(folder, path)));
  return copy;
}

test('SQL reads an archive that has no local path through its store, whatever has its name on this machine', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const count = 'SELECT count(*) AS n FROM notes';
  const query = everything(['notes']);
  const places = await world.places();
  const archive = await elsewhere(world.archives, world.archive);
  const expected = await countIn(await SqlSession.open(places, query), count);
  assert.ok(expected > 0);
  for (const { path } of await world.archive.list('warm')) {
    const own = join(world.archives, path);
    writeFileSync(own, Buffer.alloc(statSync(own).size));
  }
  assert.equal(await countIn(await SqlSession.open({ ...places, archive }, query), count), expected);
});

async function countIn(opened: SqlSession, sql: string): Promise<number> {
  await using session = opened;
  const { rows, problems } = await session.run(sql);
  const found: unknown[][] = [];
  for await (const some of rows) found.push(...some.map((row) => [...row]));
  assert.deepEqual(problems, []);
  return Number(found[0]![0]);
}
