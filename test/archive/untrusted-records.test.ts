import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { readErasureOrders, writeErasureOrder } from '../../src/archive/erasure-orders.ts';
import {
  descendsFrom,
  LINEAGE_FILE,
  type Lineage,
  readLineage,
  writeLineage,
} from '../../src/archive/lineage.ts';
import { writeRecord } from '../../src/archive/records.ts';
import type { Condition } from '../../src/model/filter.ts';
import { asInstant } from '../../src/model/instant.ts';
import { publishText } from '../support/archives/archive.ts';
import { MemoryArchive } from '../support/archives/memory-archive.ts';

const AT = '2026-02-10T12:00:00.000Z';
const OPERATORS: readonly Condition['op'][] = ['=', '!=', '<', '<=', '>', '>=', '~'];
const ORDER = { format: 1, table: 'notes', where: [], since: null, until: 5, erased_at: AT };

/** An erasure order as a record, with some members otherwise. */
async function ordersWith(other: Record<string, unknown>): Promise<{ orders: number; problems: number }> {
  const archive = new MemoryArchive();
  const where = [{ column: 'id', op: '=', value: 'a' }];
  await writeRecord(archive, 'erasures', AT, { ...ORDER, where, ...other });
  const { orders, problems } = await readErasureOrders(archive);
  return { orders: orders.length, problems: problems.length };
}

test('an erasure order is read back as it was written, with every operator and bound', async () => {
  for (const op of OPERATORS) {
    for (const [since, until] of [
      [null, null],
      [-1, 0],
      [0, null],
    ] as const) {
      const archive = new MemoryArchive();
      const order = {
        table: 'a b',
        where: [{ column: 'x', op, value: '' }],
        since: asInstant(since),
        until: asInstant(until),
        erasedAt: AT,
      };
      await writeErasureOrder(archive, order);
      assert.deepEqual(await readErasureOrders(archive), { orders: [order], problems: [] });
    }
  }
});

test('an erasure order with a list of values is read back, and one whose list is wrong is a problem', async () => {
  const archive = new MemoryArchive();
  const among = { column: 'session_id', values: new Set(['a', '5']) };
  const bounds = { since: null, until: null };
  const order = { table: 'note', where: [], ...bounds, among, erasedAt: AT };
  await writeErasureOrder(archive, order);
  assert.deepEqual(await readErasureOrders(archive), { orders: [order], problems: [] });
  const list = { column: 'id', values: ['a'] };
  assert.deepEqual(await ordersWith({ format: 2, where: [], among: list }), { orders: 1, problems: 0 });
  for (const wrong of [
    undefined,
    null,
    [],
    { ...list, column: 1 },
    { ...list, values: 'a' },
    { ...list, values: [5] },
  ])
    assert.deepEqual(await ordersWith({ format: 2, among: wrong }), { orders: 0, problems: 1 });
});

test('an erasure order of which any member is wrong is a problem, and no order', async () => {
  const condition = { column: 'id', op: '=', value: 'a' };
  const wrong: readonly Record<string, unknown>[] = [
    ...[{ format: 2 }, { format: '1' }, { table: 7 }, { table: null }, { table: undefined }],
    ...[{ erased_at: 'yesterday' }, { erased_at: 1 }, { erased_at: null }],
    ...[{ since: 1.5 }, { since: '1' }, { since: undefined }, { until: 'x' }, { until: undefined }],
    ...[{ where: [] }, { where: {} }, { where: null }, { where: [condition, null] }, { where: ['id=a'] }],
    ...[{ where: [{ ...condition, column: 1 }] }, { where: [{ ...condition, value: 1 }] }],
    ...[{ where: [{ ...condition, op: '==' }] }, { where: [condition, { ...condition, op: '' }] }],
  ];
  assert.deepEqual(await ordersWith({}), { orders: 1, problems: 0 });
  for (const other of wrong)
    assert.deepEqual(await ordersWith(other), { orders: 0, problems: 1 }, JSON.stringify(other));
});

const GENERATIONS = [
  { generation: 'a', before: null },
  { generation: 'b', before: 'a' },
  { generation: 'c', before: 'b' },
];
const LINEAGE: Lineage = {
  ...{ format: 1, database: 'id', path: '/a.db', archive: '/archives', host: 'here' },
  generations: GENERATIONS,
};

async function lineageOf(text: string): Promise<Lineage | null> {
  const archive: ArchiveStore = new MemoryArchive();
  await publishText(archive, LINEAGE_FILE, text);
  return await readLineage(archive);
}

test('a lineage is read back as it was written, the newest 300 runs of it', async () => {
  const archive = new MemoryArchive();
  assert.equal(await readLineage(archive), null);
  await writeLineage(archive, LINEAGE);
  assert.deepEqual(await readLineage(archive), LINEAGE);
  const many = Array.from({ length: 310 }, (_, at) => ({ generation: `g${at}`, before: `g${at - 1}` }));
  await writeLineage(archive, { ...LINEAGE, generations: many });
  assert.deepEqual((await readLineage(archive))!.generations, many.slice(10));
});

test('a lineage of which any member is wrong is none', async () => {
  assert.deepEqual(await lineageOf(JSON.stringify(LINEAGE)), LINEAGE);
  const [first] = GENERATIONS;
  const wrong: readonly Record<string, unknown>[] = [
    ...[
      { format: 2 },
      { format: '1' },
      { database: 1 },
      { path: null },
      { archive: {} },
      { host: undefined },
    ],
    ...[{ generations: {} }, { generations: null }, { generations: [first, null] }, { generations: ['a'] }],
    ...[{ generations: [{ generation: 1, before: null }] }, { generations: [first, { generation: 'b' }] }],
    ...[{ generations: [{ generation: 'a', before: 1 }] }],
  ];
  for (const other of wrong)
    assert.equal(await lineageOf(JSON.stringify({ ...LINEAGE, ...other })), null, JSON.stringify(other));
  for (const text of ['', '{', 'null', '[]', '7', `${JSON.stringify(LINEAGE)}${' '.repeat(1 << 20)}`])
    assert.equal(await lineageOf(text), null, text.slice(0, 20));
});

test('a generation is an ancestor, one of another branch, or not remembered', () => {
  const told = (generation: string, generations = GENERATIONS as Lineage['generations']): boolean | null =>
    descendsFrom({ ...LINEAGE, generations }, generation);
  assert.deepEqual(
    ['a', 'b', 'c', 'other'].map((name) => told(name)),
    [true, true, true, null],
  );
  const branches = [...GENERATIONS, { generation: 'd', before: 'a' }];
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((name) => told(name, branches)),
    [true, false, false, true],
  );
  const circle = [
    { generation: 'x', before: 'y' },
    { generation: 'z', before: 'z' },
    { generation: 'y', before: 'x' },
  ];
  assert.deepEqual(
    ['x', 'y', 'z'].map((name) => told(name, circle)),
    [true, true, false],
  );
  assert.equal(told('a', []), null);
});
