import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Instant, instantOfMs } from '../../src/model/instant.ts';
import { getPolicy, observabilityPolicies } from '../../src/model/policy/policies.ts';
import { hotCutoff, openCutoff, purgeInstant, warmEnd } from '../../src/model/policy/thresholds.ts';

const at = (text: string): Instant => instantOfMs(Date.parse(text));
const set = observabilityPolicies();
const tools = getPolicy(set, 'tool_uses')!;
const now = at('2026-03-01T12:00:00Z');

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
  assert.equal(warmEnd(tools, '2026-01-01'), at('2026-02-08T00:00:00Z'));
  assert.equal(warmEnd(tools, '2026-01-01', 0), at('2026-01-02T00:00:00Z'));
  assert.equal(warmEnd(null, '2026-01-01'), null);
  assert.equal(warmEnd(null, '2026-01-01', 86_400_000), at('2026-01-03T00:00:00Z'));
  assert.equal(purgeInstant(tools, '2026-01-01'), at('2027-02-08T00:00:00Z'));
  assert.equal(purgeInstant({ ...tools, coldMs: 0 }, '2026-01-01'), warmEnd(tools, '2026-01-01'));
});
