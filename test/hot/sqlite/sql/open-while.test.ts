import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowConditionSql } from '../../../../src/hot/sqlite/sql/open-while.ts';
import type { TableShape } from '../../../../src/model/shape.ts';
import { isError } from '../../hot-trial.ts';

const column = (name: string, type = 'TEXT') => ({ name, type, key: 0 });
const shape: TableShape = {
  table: 'my "t"',
  columns: [column('status'), column('end time'), column('n', 'INTEGER'), column('doc')],
  primaryKey: [],
  ddl: [],
};

for (const expression of [
  "status = 'running'",
  "status IN ('pending', 'running') AND \"end time\" IS NULL",
  "lower(status) LIKE 'run%' OR (n + 1) * 2 > 7",
  "doc ->> '$.state' = 'open; -- (not closed'",
  'CASE WHEN n IS NULL THEN 1 ELSE json_valid(doc) END',
  '"my ""t""".n BETWEEN 1 AND 2',
  "status GLOB 'r*' COLLATE NOCASE",
]) {
  test(`${expression} is a condition that only reads its row`, () => {
    assert.equal(rowConditionSql(shape, expression, 'open_while'), `(${expression})`);
  });
}

for (const expression of [
  '',
  'status =',
  'stauts = 1',
  "status = 'a' -- comment",
  '1) FROM x; --',
  '1) UNION SELECT (2',
  '(1))((2)',
  '(SELECT 1)',
  'EXISTS (SELECT 1 FROM sqlite_schema)',
  'n IN (SELECT n FROM other)',
  'n = 1; DELETE FROM t',
  'random() > 0',
  "status < datetime('now')",
  'status < CURRENT_TIMESTAMP',
  "load_extension('x')",
  "writefile('x', 'y')",
  'n = ?',
  'n = :n',
  'n = @n',
  'count(*) > 1',
  'row_number() OVER () > 1',
  'status = "running"',
  "'unclosed",
  'n /* comment',
  '1, 2',
  'RAISE(IGNORE)',
  'n = 1 AS x',
  "status MATCH 'x'",
]) {
  test(`${expression || 'an empty text'} is refused`, () => {
    assert.throws(() => rowConditionSql(shape, expression, 'open_while'), isError('config'));
  });
}
