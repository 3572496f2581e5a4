import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireReclaim } from '../../src/hot/hot-capabilities.ts';

test('to shrink a database that manages its space itself is refused with what to do', () => {
  requireReclaim({ reclaim: true }, '/a.db');
  assert.throws(() => requireReclaim({ reclaim: false }, 'postgres://host/db'), {
    code: 'refused',
    path: 'postgres://host/db',
    hint: /nothing to do/,
  });
});
