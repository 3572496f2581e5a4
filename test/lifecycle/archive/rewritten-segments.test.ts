import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { parseSizes, setSizes } from '../../../src/model/sizes.ts';
import { assertReceiptsFit } from '../../support/independent/warm-receipts.ts';
import { HostileWorld } from '../../support/worlds/hostile-world.ts';

const ROWS = 300;

function fill(db: DatabaseSync): void {
  db.exec(
    `CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, words TEXT);
    WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < ${ROWS - 1})
    INSERT INTO notes SELECT printf('n-%04d', i), printf('2026-01-16T10:%02d:%02dZ', i / 60, i % 60), hex(randomblob(50)) FROM c`,
  );
}

/** Archives while every row whose number has one of these last digits is changed. */
async function archivedWhile(world: HostileWorld, digits: string): Promise<void> {
  let isDone = false;
  await world.archiveWhile((db) => {
    if (isDone) return;
    isDone = true;
    db.exec(`UPDATE notes SET words = 'changed ' || id WHERE instr('${digits}', substr(id, -1))`);
  });
}

for (const digits of ['7', '05', '0123456789']) {
  test(`where rows change in every part of a day while they are copied (${digits}), receipts say what the files hold`, async (t) => {
    setSizes(parseSizes('tiny'));
    const world = new HostileWorld(t, { tables: { notes: {} }, fill });
    const before = world.archived().size;
    assert.equal(before, 0);
    await archivedWhile(world, digits);
    const { archived, hot } = rowsOf(world);
    assert.equal(archived.length + hot.length, ROWS);
    assert.ok(hot.length > 0 && hot.every((row) => row.includes('changed ')));
    assertReceiptsFit(world.database, world.archives);
    await world.archive();
    assert.equal(rowsOf(world).hot.length, 0);
    assert.equal(rowsOf(world).archived.length, ROWS);
    assertReceiptsFit(world.database, world.archives);
    assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  });
}

function rowsOf(world: HostileWorld): { archived: readonly string[]; hot: readonly string[] } {
  using db = world.others();
  const hot = db.prepare('SELECT words FROM notes').all();
  return { archived: world.archived().get('notes') ?? [], hot: hot.map(({ words }) => String(words)) };
}
