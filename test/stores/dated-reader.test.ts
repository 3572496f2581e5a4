import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HotReader } from '../../src/hot/hot-store.ts';
import { datedShape } from '../../src/model/policy/dated-shape.ts';
import { buildPolicySet } from '../../src/model/policy/policies.ts';
import type { PolicySet } from '../../src/model/policy/policy.ts';
import { datedReader } from '../../src/stores/dated-reader.ts';
import { policyOf } from '../support/worlds/small-database.ts';

const policies: PolicySet = buildPolicySet([
  policyOf('a', { lookupKeys: [] }),
  policyOf('b', { lookupKeys: [], with: { parent: 'a', by: ['a_id'] } }),
  policyOf('c', { lookupKeys: [], with: { parent: 'b', by: ['b_id'] } }),
]);

function reader(columns: Readonly<Record<string, readonly string[]>>): {
  readonly reader: HotReader;
  readonly asked: (string | undefined)[];
} {
  const asked: (string | undefined)[] = [];
  const known: Pick<HotReader, 'shape' | 'references'> = {
    shape: async (table) => ({
      table,
      columns: columns[table]!.map((name, at) => ({ name, type: '', key: at === 0 ? 1 : 0 })),
      primaryKey: [columns[table]![0]!],
      ddl: [],
    }),
    references: async (of) => {
      asked.push(of);
      return [];
    },
  };
  return { reader: known as HotReader, asked };
}

test('a dated shape is found once, and reads the foreign keys of the child and of its parents only', async () => {
  const { reader: plain, asked } = reader({ a: ['id', 'ts'], b: ['id', 'a_id'], c: ['id', 'b_id'] });
  const dated = datedReader(plain, policies);
  const shape = await datedShape(dated, policies, 'c');
  assert.deepEqual(shape?.timeOf, {
    ...{ table: 'b', by: ['b_id'], key: ['id'], timeColumn: '_time' },
    timeOf: { table: 'a', by: ['a_id'], key: ['id'], timeColumn: 'ts' },
  });
  assert.deepEqual(asked, ['c', 'b']);
});

test('a child that does not fit its policy has no dated shape, and whoever plans is told why', async () => {
  const { reader: plain } = reader({ a: ['id', 'ts'], b: ['id', 'other'] });
  const dated = datedReader(plain, policies);
  assert.equal((await dated.shape('b'))?.timeOf, undefined);
  await assert.rejects(datedShape(dated, policies, 'b'), /it has no column a_id, which `by` names/);
});
