import assert from 'node:assert/strict';
import { test } from 'node:test';
import { referenceOf, referencesOf } from '../../../src/lookup/search/id-references.ts';

test('a column that ends in _id refers to the table of that name, or its plural', () => {
  const tables = ['run', 'Notes', 'boxes', 'entries', 'tool_uses', 'skill_traces', 'assertion_chains'];
  for (const [column, table] of [
    ['run_id', 'run'],
    ['NOTE_ID', 'Notes'],
    ['box_id', 'boxes'],
    ['entry_id', 'entries'],
    ['parent_tool_use_id', 'tool_uses'],
    ['within_skill', 'skill_traces'],
    ['chain_id', 'assertion_chains'],
  ] as const)
    assert.deepEqual(referenceOf(column, tables), { column, table });
  for (const column of ['id', '_id', 'run', 'other_id', 'first_failure_id', 'run_id_x'])
    assert.equal(referenceOf(column, tables), null, column);
});

test('the nearest parent comes first, and a reference without a value is none', () => {
  const row = { id: 'x', run_id: 7n, chain_id: 'c', empty_id: '', parent_tool_use_id: 't', note_id: null };
  const tables = ['runs', 'assertion_chains', 'tool_uses', 'notes', 'emptys'];
  assert.deepEqual(referencesOf(row, tables), [
    { table: 'tool_uses', id: 't', isParent: true },
    { table: 'assertion_chains', id: 'c', isParent: true },
    { table: 'runs', id: '7', isParent: false },
  ]);
});
