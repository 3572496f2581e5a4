import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asInstant, type Instant, instantOfMs } from '../../src/model/instant.ts';
import { getPolicy, observabilityPolicies } from '../../src/model/policy/policies.ts';
import type { Policy } from '../../src/model/policy/policy.ts';
import {
  dueInstant,
  hotCutoff,
  openCutoff,
  openEnd,
  purgeInstant,
  warmEnd,
} from '../../src/model/policy/thresholds.ts';

const at = (text: string): Instant => instantOfMs(Date.parse(text));
const set = observabilityPolicies();
const tools = getPolicy(set, 'tool_uses')!;
const now = at('2026-03-01T12:00:00Z');
const firstOfJanuary = { day: '2026-01-01', span: 'day' } as const;

test('a row is due to the instant', () => {
  assert.equal(hotCutoff(tools, now), at('2026-02-22T12:00:00Z'));
  assert.equal(hotCutoff(tools, now, 0), now);
});

test('an open row waits for hot + warm, whatever --older-than says', () => {
  assert.equal(openCutoff(tools, now), at('2026-01-23T12:00:00Z'));
  assert.equal(openCutoff(tools, now, 0), at('2026-01-23T12:00:00Z'));
  assert.equal(openCutoff(tools, now, 100 * 86_400_000), hotCutoff(tools, now, 100 * 86_400_000));
});

test('a segment moves on when the end of its day is past the threshold', () => {
  assert.equal(warmEnd(tools, firstOfJanuary), at('2026-02-08T00:00:00Z'));
  assert.equal(warmEnd(tools, firstOfJanuary, 0), at('2026-01-02T00:00:00Z'));
  assert.equal(warmEnd(null, firstOfJanuary), null);
  assert.equal(warmEnd(null, firstOfJanuary, 86_400_000), at('2026-01-03T00:00:00Z'));
  assert.equal(purgeInstant(tools, firstOfJanuary), at('2027-02-08T00:00:00Z'));
  assert.equal(purgeInstant({ ...tools, coldMs: 0 }, firstOfJanuary), warmEnd(tools, firstOfJanuary));
});

test('a segment of a week moves on when its Sunday is past the threshold, one of a month after its last day', () => {
  assert.equal(warmEnd(tools, { day: '2025-12-29', span: 'week' }), at('2026-02-11T00:00:00Z'));
  assert.equal(purgeInstant(tools, { day: '2026-02-01', span: 'month' }), at('2027-04-07T00:00:00Z'));
});

test('rows of a longer span are due together, when its end has left its hot time', () => {
  const weekly: Policy = { ...tools, span: 'week' };
  // 2026-02-22 was a Sunday: hot 7d reaches its noon, so its week waits for its last hours.
  assert.equal(hotCutoff(weekly, now), at('2026-02-16T00:00:00Z') - 1);
  const monday = at('2026-03-02T00:00:00Z');
  assert.equal(hotCutoff(weekly, monday), at('2026-02-23T00:00:00Z') - 1);
  assert.equal(hotCutoff(weekly, asInstant(monday - 2)), at('2026-02-16T00:00:00Z') - 1);
  assert.equal(hotCutoff({ ...tools, span: 'month' }, now), at('2026-02-01T00:00:00Z') - 1);
  assert.equal(dueInstant(weekly, at('2026-02-17T08:00:00Z')), at('2026-03-02T00:00:00Z'));
  assert.equal(openEnd(weekly, at('2026-02-17T08:00:00Z')), at('2026-04-01T00:00:00Z'));
  assert.equal(openCutoff(weekly, now), at('2026-01-19T00:00:00Z') - 1);
});

test('--older-than is to the instant, whatever the span: 0d is everything', () => {
  assert.equal(hotCutoff({ ...tools, span: 'month' }, now, 0), now);
  assert.equal(hotCutoff({ ...tools, span: 'month' }, now, 86_400_000), at('2026-02-28T12:00:00Z'));
});
