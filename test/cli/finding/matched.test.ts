import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchedBy } from '../../../src/cli/finding/search/matched.ts';
import { PLAIN, type Style } from '../../../src/cli/terminal/style.ts';
import { parseCondition } from '../../../src/model/filter.ts';

const SHOWING: Style = { ...PLAIN, match: (text) => `[${text}]` };

function matched(text: string | null, ...where: readonly string[]): ReturnType<typeof matchedBy> {
  return matchedBy({ text, where: where.map((one) => parseCondition(one)) }, SHOWING);
}

test('the text is marked wherever it stands, in any case of ASCII letters, and nothing else', () => {
  const { inRow, inColumn } = matched('Err');
  assert.equal(inRow('error: no ERR, ém', 80), '[err]or: no [ERR], ém');
  assert.equal(inColumn('any', 'xerrerr'), 'x[err][err]');
  assert.equal(matched('É').inRow('é É', 80), 'é [É]');
  assert.equal(matched(null).inRow('error', 80), 'error');
});

test('a condition marks in its own column: an equal value as a whole, a part where it stands', () => {
  const { inColumn } = matched(null, 'code=7', 'note~off');
  assert.equal(inColumn('CODE', '7'), '[7]');
  assert.equal(inColumn('code', '77'), '77');
  assert.equal(inColumn('other', '7'), '7');
  assert.equal(inColumn('note', 'Off and off'), '[Off] and [off]');
});

test('in a text of several columns short equal values are not marked, as they stand there by chance', () => {
  const { inRow } = matched(null, 'code=7', 'task=T-042', 'note~off');
  assert.equal(inRow('T-042 · 7 times off', 80), '[T-042] · 7 times [off]');
});

test('a text whose first match would not be seen begins shortly before it', () => {
  const long = `${'x'.repeat(100)} needle end`;
  assert.equal(matched('needle').inRow(long, 40), `…${'x'.repeat(11)} [needle] end`);
  assert.equal(matched('needle').inRow(long, 200), `${'x'.repeat(100)} [needle] end`);
  assert.equal(
    matchedBy({ text: 'needle', where: [] }, PLAIN).inRow(long, 40),
    long,
    'not where nothing is marked',
  );
});
