import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { heldSegments } from '../../../src/lifecycle/archived/held-segments.ts';
import { type Condition, matches, type Value } from '../../../src/model/filter.ts';
import { MemoryArchive, MemoryPlace } from '../../support/archives/memory-archive.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { receiptOf } from '../../support/archives/receipts.ts';
import { sampleSegment } from '../../support/archives/sample-segment.ts';

const SEGMENT = '2026-01-16/tool_uses.jsonl.gz';
const sample = await sampleSegment('gzip', 3, 40);
const rows = await (await openSegment(sample.file, SEGMENT)).readAll();
const place = new MemoryPlace();
place.files.set(`warm/${SEGMENT}`, sample.file.content);

async function held(conditions: readonly Condition[], table = 'tool_uses'): Promise<string | undefined> {
  const hold = { id: 3, table, conditions, reason: 'the audit', createdAt: '2026-02-01T00:00:00Z' };
  const ledger = { holds: async () => [hold], receipt: async () => receiptOf(SEGMENT) };
  return (await heldSegments(ledger, new MemoryArchive(place), [SEGMENT])).get(SEGMENT);
}

const anyCondition = fc.oneof(
  fc.record({
    column: fc.constantFrom('id', 'ID'),
    op: fc.constantFrom('=', '!=', '<', '>=', '~'),
    value: fc.oneof(
      fc.nat(150).map((n) => `id-${n}`),
      fc.constantFrom('id', '', '5'),
    ),
  }),
  fc.record({
    column: fc.constant('execution_id'),
    op: fc.constantFrom('=', '~', '>'),
    value: fc.nat(5).map((n) => `execution-${n}`),
  }),
  fc.record({
    column: fc.constant('n'),
    op: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
    value: fc.oneof(fc.integer({ min: -5, max: 130 }).map(String), fc.constantFrom('05', '5.0', '1e1', 'x')),
  }),
  fc.record({ column: fc.constant('gone'), op: fc.constantFrom('=', '!='), value: fc.constant('') }),
) as fc.Arbitrary<Condition>;

test('a segment is held exactly when one of its rows satisfies every condition', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCondition, { minLength: 1, maxLength: 3 }), async (conditions) => {
      const expected = rows.some((row) =>
        conditions.every((condition) =>
          matches(condition, (row[condition.column.toLowerCase()] ?? null) as Value),
        ),
      );
      assert.equal((await held(conditions)) !== undefined, expected);
    }),
    { numRuns: 300 },
  );
});

test('it says which hold, in words', async () => {
  assert.equal(await held([{ column: 'id', op: '=', value: 'id-7' }]), 'held by hold 3 (id=id-7): the audit');
});

test("another table's hold keeps nothing", async () => {
  assert.equal(await held([{ column: 'id', op: '=', value: 'id-7' }], 'orders'), undefined);
});

test('a segment that cannot be read counts as held', async () => {
  const damaged = Buffer.from(sample.file.content);
  damaged[damaged.length - 1]! ^= 1;
  const broken = new MemoryPlace();
  broken.files.set(`warm/${SEGMENT}`, damaged);
  const hold = { id: 1, table: 'tool_uses', conditions: [], reason: 'x', createdAt: '' };
  const ledger = { holds: async () => [hold], receipt: async () => receiptOf(SEGMENT) };
  const found = await heldSegments(ledger, new MemoryArchive(broken), [SEGMENT]);
  assert.match(found.get(SEGMENT)!, /cannot be read/);
});

test('a damaged filter only costs reading: the rows decide', async () => {
  const damaged = Buffer.from(sample.file.content);
  const last = sample.footer.blocks.at(-1)!;
  damaged[last.offset + last.bytes + 100]! ^= 1;
  const reader = await openSegment(new MemoryFile(damaged), SEGMENT);
  await assert.rejects(reader.mayContain('id', 'id-7'), /filters of `id` are damaged/);
  const broken = new MemoryPlace();
  broken.files.set(`warm/${SEGMENT}`, damaged);
  for (const [value, expected] of [
    ['id-7', 'held by hold 1 (id=id-7): x'],
    ['id-7000', undefined],
  ] as const) {
    const conditions = [{ column: 'id', op: '=', value }] as const;
    const hold = { id: 1, table: 'tool_uses', conditions, reason: 'x', createdAt: '' };
    const ledger = { holds: async () => [hold], receipt: async () => receiptOf(SEGMENT) };
    const found = await heldSegments(ledger, new MemoryArchive(broken), [SEGMENT]);
    assert.equal(found.get(SEGMENT), expected);
  }
});
