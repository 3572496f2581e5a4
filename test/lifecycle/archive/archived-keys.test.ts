import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStored } from '../../../src/archive/stored-segment.ts';
import { splitLines } from '../../../src/format/line/line.ts';
import { readBlocks } from '../../../src/format/segment/prove.ts';
import type { HotReader } from '../../../src/hot/hot-store.ts';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { openSqliteReader } from '../../../src/hot/sqlite/open-sqlite.ts';
import { ArchivedKeys } from '../../../src/lifecycle/verify/archived-keys.ts';
import type { DoubledKey } from '../../../src/lifecycle/verify/doubles.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

/** The blocks of a segment, with its footer. */
async function blocksOf(world: ArchivedWorld, { segment, tier }: Receipt) {
  await using stored = await openStored(world.archive(), segment, tier);
  const blocks: Uint8Array[] = [];
  const reading = readBlocks(stored!.source, segment);
  for (;;) {
    const step = await reading.next();
    if (step.done === true) return { footer: step.value, blocks };
    blocks.push(Uint8Array.from(step.value.lines));
  }
}

async function findAsIf(
  rows: number,
  world: ArchivedWorld,
  reader: HotReader,
  receipts: readonly Receipt[],
): Promise<DoubledKey[]> {
  const keys = await ArchivedKeys.of(reader, receipts[0]!.table, rows);
  for (const receipt of receipts) {
    const { footer, blocks } = await blocksOf(world, receipt);
    const take = keys.taker(receipt.segment, footer);
    for (const lines of blocks) take?.(lines);
  }
  await keys.finish();
  return await keys.find(world.archive(), receipts);
}

/** Asks hot for every line. */
async function placesInHot(world: ArchivedWorld, reader: HotReader, receipts: readonly Receipt[]) {
  const found: (readonly [segment: string, isSame: boolean])[] = [];
  for (const receipt of receipts) {
    const shape = (await reader.shape(receipt.table))!;
    for (const lines of (await blocksOf(world, receipt)).blocks.map(splitLines)) {
      const same = await reader.standing(shape, receipt.archivedAt, lines);
      for (const at of await reader.present(shape, lines)) found.push([receipt.segment, same.includes(at)]);
    }
  }
  return found;
}

test('what is found is what hot says of every line, in one pass and in many, and in a table that is taken for small or large', async (t) => {
  const world = await ArchivedWorld.of(t);
  const archived = await world.receipts();
  await using reader = await openSqliteReader(world.database);
  for (const table of ['notes', 'pairs']) {
    const receipts = archived.filter((receipt) => receipt.table === table);
    const shape = (await reader.shape(table))!;
    const names = shape.columns.map(({ name }) => name);
    const key = shape.primaryKey.map((name) => `"${name}"`).join(', ');
    // Rows come back: every third as somebody else would write it, with the archived key and other content.
    for (const receipt of receipts) {
      const { blocks } = await blocksOf(world, receipt);
      for (const [at, line] of blocks.flatMap(splitLines).entries()) {
        if (at % 3 !== 0) continue;
        const values = JSON.stringify(JSON.parse(Buffer.from(line).toString())).replaceAll("'", "''");
        const columns = names.map((name) =>
          shape.primaryKey.includes(name) ? `json_extract('${values}', '$.${name}')` : `'back'`,
        );
        world.sql(
          `INSERT OR IGNORE INTO ${table} (${names.map((name) => `"${name}"`).join(', ')}) VALUES (${columns.join(', ')})`,
        );
      }
    }
    const expected = await placesInHot(world, reader, receipts);
    assert.ok(expected.length > 3, `${table} (${key}): ${expected.length}`);
    for (const rows of [1, receipts.reduce((sum, receipt) => sum + receipt.rows, 0), 20_000_000]) {
      const found = await findAsIf(rows, world, reader, receipts);
      const inHot = found.filter(({ places }) => places[1] === 'hot');
      assert.deepEqual(
        inHot.map(({ places, identical }) => [places[0], identical]),
        expected,
        `${table} as if of ${rows} rows`,
      );
    }
  }
});

test('a row in two segments is found in whichever pass its key falls', async (t) => {
  const world = await ArchivedWorld.of(t);
  await using reader = await openSqliteReader(world.database);
  const receipts = (await world.receipts()).filter(({ table }) => table === 'notes');
  // The same segments twice: every row stands in two places.
  const twice = [...receipts, ...receipts];
  const rows = receipts.reduce((sum, receipt) => sum + receipt.rows, 0);
  for (const size of [rows, 13_000_000]) {
    const found = await findAsIf(size, world, reader, twice);
    assert.equal(found.length, rows);
    assert.ok(found.every(({ identical, places }) => identical && places[0] === places[1]));
  }
});
