import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineMatcher, rowMatches } from '../../../src/format/match/line-match.ts';
import { type RowFilter, resolveColumn, resolveFilter } from '../../../src/format/match/row-filter.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { sqlite } from '../../../src/model/database/dialect.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant } from '../../../src/model/instant.ts';

const DAY = Date.parse('2026-01-10T00:00:00Z') * 1000;
const FOOTER = {
  table: 'notes',
  timeColumn: 'ts',
  columns: ['id', 'ts', 'note', 'n'].map((name) => ({ name, type: '', key: 0 })),
};

/** The bytes of `caf` and one that is no UTF-8, as a line holds them. */
const BROKEN = Buffer.from('636166e9', 'hex');

function matched(change: Partial<RowFilter>, row: object | string): boolean {
  const line = Buffer.from(typeof row === 'string' ? row : `${JSON.stringify(row)}\n`);
  return lineMatcher({ ...everything([]), ...change }, FOOTER)!.match(line) !== null;
}

function where(...texts: string[]): Pick<RowFilter, 'where'> {
  return { where: texts.map(parseCondition) };
}

const NOTE = { _archived_at: '2026-02-10T12:00:00Z', id: 'a', ts: '2026-01-10T00:00:00Z', note: 'Red', n: 5 };

test('a text is looked for in every column but the time of archiving', () => {
  assert.ok(matched({ text: 'rED' }, NOTE));
  assert.ok(matched({ text: '2026-01-10' }, NOTE));
  assert.ok(!matched({ text: '2026-02-10' }, NOTE));
  assert.ok(!matched({ text: 'blue' }, NOTE));
  assert.ok(!matched({ text: '5' }, NOTE), 'a number is no text');
  const row = { _archived_at: '2026-02-10T12:00:00Z', note: 'Red' };
  assert.ok(rowMatches({ where: [], text: 'red' }, row, sqlite));
  assert.ok(!rowMatches({ where: [], text: '2026-02' }, row, sqlite));
  assert.ok(!rowMatches({ where: [], text: 'blue' }, row, sqlite));
  assert.ok(rowMatches({ where: [], text: null }, row, sqlite));
});

test('all conditions must hold, and a column that is not there holds none', () => {
  assert.ok(matched(where('id=a', 'NOTE=Red'), NOTE));
  assert.ok(!matched(where('id=a', 'note=Blue'), NOTE));
  assert.ok(!matched(where('id=b', 'note=Red'), NOTE));
  assert.equal(lineMatcher({ ...everything([]), ...where('nothing=1') }, FOOTER), null);
  const { _archived_at, ...row } = NOTE;
  assert.ok(rowMatches({ ...where('id=a', 'Note=Red'), text: null }, row, sqlite));
  assert.ok(!rowMatches({ ...where('id=a', 'note=Blue'), text: null }, row, sqlite));
  assert.ok(!rowMatches({ ...where('nothing!=1'), text: null }, row, sqlite));
});

test('a list of values takes the rows that read as one of them', () => {
  const among = (column: string, ...values: string[]) => ({ among: { column, values: new Set(values) } });
  assert.ok(matched(among('id', 'x', 'a'), NOTE));
  assert.ok(!matched(among('id', 'x'), NOTE));
  assert.ok(matched(among('N', '5'), NOTE));
  assert.ok(matched(among('n', '9007199254740993'), JSON.stringify(NOTE).replace('5}', '9007199254740993}')));
  assert.ok(
    !matched(among('n', '9007199254740992'), JSON.stringify(NOTE).replace('5}', '9007199254740993}')),
  );
  assert.ok(!matched(among('note', 'null'), { ...NOTE, note: null }));
  assert.equal(lineMatcher({ ...everything([]), ...among('nothing', '1') }, FOOTER), null);
});

test('a time range includes both ends, and a row without a time is in none', () => {
  assert.ok(matched({ since: asInstant(DAY), until: asInstant(DAY) }, NOTE));
  assert.ok(!matched({ since: asInstant(DAY + 1) }, NOTE));
  assert.ok(!matched({ until: asInstant(DAY - 1) }, NOTE));
  assert.ok(!matched({}, { ...NOTE, ts: 'soon' }));
  const match = lineMatcher(everything([]), FOOTER)!;
  assert.equal(match.match(Buffer.from(JSON.stringify(NOTE))), DAY);
});

test('text that is no UTF-8 is compared byte by byte', () => {
  const row = JSON.stringify({ ...NOTE, note: { $text: BROKEN.toString('base64') } });
  const holds = (condition: string): boolean => matched(where(condition), row);
  // `cafd` is less than the broken text, `café` (c3 a9) too; `cag` is greater; `caf` is its beginning.
  const less = ['cafd', 'café', 'caf', ''];
  const greater = ['cag', 'd'];
  for (const text of less) {
    const answers = ['=', '!=', '<', '<=', '>', '>='].map((op) => holds(`note${op}${text}`));
    assert.deepEqual(answers, [false, true, false, false, true, true], text);
  }
  for (const text of greater) {
    const answers = ['=', '!=', '<', '<=', '>', '>='].map((op) => holds(`note${op}${text}`));
    assert.deepEqual(answers, [false, true, true, true, false, false], text);
  }
  assert.ok(holds('note~CAF'));
  assert.ok(!holds('note~cag'));
  assert.ok(matched({ text: 'CaF' }, row));
  assert.ok(!matched({ text: 'cag' }, row));
});

test('a column is found in any case, and so are the ones that every line has', () => {
  assert.equal(resolveColumn('NOTE', ['id', 'Note'], sqlite), 'Note');
  assert.equal(resolveColumn('_ARCHIVED_AT', [], sqlite), '_archived_at');
  assert.equal(resolveColumn('nothing', ['id'], sqlite), null);
});

test('a filter is resolved as a whole: with a column that is not there, nothing satisfies it', () => {
  const among = { column: 'ID', values: new Set(['a']) };
  const filter = { where: [parseCondition('NOTE=red')], among };
  const resolved = resolveFilter(filter, ['id', 'Note'], sqlite)!;
  assert.deepEqual(resolved, { where: [parseCondition('Note=red')], among: { ...among, column: 'id' } });
  assert.equal(resolveFilter(filter, ['id'], sqlite), null);
  assert.equal(resolveFilter(filter, ['Note'], sqlite), null);
  assert.deepEqual(resolveFilter({ where: [], among: null }, [], sqlite), { where: [], among: null });
});
