import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DoublesFound } from '../../../src/lifecycle/verify/doubles.ts';

/** What is found among lines, each with its segment. */
function found(
  lines: readonly (readonly [segment: string, line: string])[],
  key: readonly string[] = ['id'],
) {
  const doubles = new DoublesFound('t');
  for (const [segment, line] of lines) doubles.add(segment, Buffer.from(`${line}\n`), key);
  return doubles.list();
}

test('rows of one key are told with their places, and whether they are the same row', () => {
  const same = found([
    ['s1', '{"id":"a","r":1.5,"_archived_at":"2026-02-01"}'],
    ['s2', '{"id":"a","r":1.5,"_archived_at":"2026-02-02"}'],
    ['s2', '{"id":"b","r":1.5}'],
  ]);
  const double = { table: 't', key: '["a"]', places: ['s1', 's2'], leased: false };
  assert.deepEqual(same, [{ ...double, identical: true }]);
  const versions = found([
    ['s1', '{"id":"a","r":0.0}'],
    ['s2', '{"id":"a","r":{"$real":"-0.0"}}'],
  ]);
  assert.deepEqual(versions, [{ ...double, identical: false }]);
});

test('a key is written in words, whatever its values are', () => {
  for (const [value, words] of [
    ['"a\\"b"', '["a\\"b"]'],
    ['7', '[7]'],
    ['1.5', '[1.5]'],
    ['{"$real":"-0.0"}', '[-0]'],
    ['{"$blob":"AP8="}', "[x'00ff']"],
    ['{"$text":"/w=="}', "[x'ff']"],
  ] as const) {
    const [double] = found([
      ['s1', `{"id":${value}}`],
      ['s2', `{"id":${value}}`],
    ]);
    assert.equal(double?.key, words, value);
  }
  const two = '{"a":1,"b":"x"}';
  assert.equal(
    found(
      [
        ['s1', two],
        ['s2', two],
      ],
      ['b', 'a'],
    )[0]?.key,
    '["x", 1]',
  );
});

test('rows with NULL in their key are no doubles', () => {
  assert.deepEqual(
    found([
      ['s1', '{"id":null}'],
      ['s2', '{"id":null}'],
    ]),
    [],
  );
});
