import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendarsOf } from '../../../src/operate/install/systemd-calendar.ts';

test('a cron expression is written as systemd writes it', () => {
  for (const [cron, ...calendars] of [
    ['0 2 * * *', '*-*-* 02:00:00'],
    ['5,35 0-6/3 * * *', '*-*-* 00,03,06:05,35:00'],
    ['30 1 1,15 jan,DEC *', '*-01,12-01,15 01:30:00'],
    ['0 0 */31 * *', '*-*-01 00:00:00'],
    ['0 0 29/2 * *', '*-*-29,31 00:00:00'],
    ['0 12 13 * 5', 'Fri *-*-* 12:00:00', '*-*-13 12:00:00'],
  ] as const)
    assert.deepEqual(calendarsOf(cron, null), calendars, cron);
  assert.deepEqual(calendarsOf('0 2 * * *', 'Europe/Berlin'), ['*-*-* 02:00:00 Europe/Berlin']);
});

test('both numbers of Sunday and its name mean Sunday', () => {
  const [named] = calendarsOf('0 3 * * sun', null);
  assert.match(named!, /^Sun \*-\*-\* 03:00:00$/);
  for (const day of ['0', '7', '0,7']) assert.deepEqual(calendarsOf(`0 3 * * ${day}`, null), [named]);
});

test('a value out of its bounds, a range turned round and a word that is none are refused', () => {
  for (const cron of [
    ...['60 0 * * *', '0 24 * * *', '0 0 0 * *', '0 0 32 * *', '0 0 * 0 *', '0 0 * 13 *', '0 0 * * 8'],
    ...['9-3 0 * * *', '0 0 * * x', '*/0 0 * * *', '0 0 L * *'],
  ])
    assert.throws(() => calendarsOf(cron, null), { code: 'config' }, cron);
});
