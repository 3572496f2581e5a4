import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byNearness, nearestName, sameWord } from '../../src/model/names.ts';

test('names match as in SQLite: ASCII letters fold, others do not', () => {
  assert.ok(sameWord('Tool_Uses', 'tool_uses'));
  assert.ok(!sameWord('Ärger', 'ärger'));
  assert.ok(!sameWord('\u212a', 'k'));
});

test('the nearest name is offered only when it is like the given one', () => {
  assert.equal(nearestName('tool_use', ['skill_traces', 'tool_uses']), 'tool_uses');
  assert.equal(nearestName('hott', ['hot', 'warm']), 'hot');
  assert.equal(nearestName('zzz', ['transcripts']), null);
  assert.equal(nearestName('x', []), null);
});

test('a name that begins as the given one is offered before one that differs by a letter', () => {
  assert.equal(nearestName('stat', ['start', 'status']), 'status');
  assert.equal(nearestName('TOOL', ['pool', 'tool_uses']), 'tool_uses');
  assert.equal(nearestName('s', ['status']), null);
});

test('known names are listed nearest first', () => {
  assert.deepEqual(byNearness('WARN', ['cold', 'hot', 'warm']), ['warm', 'cold', 'hot']);
});
