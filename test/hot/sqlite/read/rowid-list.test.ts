import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRowids } from '../../../../src/hot/sqlite/read/rowid-list.ts';

test('every rowid comes back as it was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      fc.nat(3),
      (rowids, before) => {
        const ids = new BigInt64Array(before + rowids.length);
        assert.equal(readRowids(Buffer.from(rowids.join(',')), ids, before), ids.length);
        assert.deepEqual([...ids.subarray(before)], rowids);
      },
    ),
  );
});
