import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FirnError } from '../../src/model/errors.ts';
import {
  buildPolicySet,
  getPolicy,
  isExempt,
  observabilityPolicies,
  resolveTarget,
} from '../../src/model/policy/policies.ts';
import { OBSERVABILITY_POLICIES } from '../../src/model/policy/preset.ts';
import { totalDays } from '../../src/model/policy/thresholds.ts';

const set = observabilityPolicies();
const tools = getPolicy(set, 'tool_uses')!;

test('the preset keeps each table as long as domain.md says', () => {
  const days = [...set.policies.values()].map((policy) => [
    policy.table,
    totalDays(policy),
    policy.timeColumn,
    policy.openWhile,
  ]);
  assert.deepEqual(days, [
    ['transcript_entries', 402, 'timestamp', null],
    ['tool_uses', 402, 'start_time', "result_status = 'pending'"],
    ['skill_traces', 402, 'start_time', "status = 'running'"],
    ['assertion_results', 850, 'timestamp', null],
    ['assertion_chains', 850, 'created_at', "overall_result = 'pending'"],
    ['message_bus_log', 127, 'timestamp', null],
  ]);
});

test('tables are found as SQLite compares names', () => {
  assert.equal(getPolicy(set, 'Tool_USES')?.table, 'tool_uses');
  assert.equal(getPolicy(set, 'tool_uses '), null);
  assert.equal(getPolicy(set, 'task_list_execution_runs'), null);
  assert.ok(isExempt(set, 'TASK_list_execution_runs'));
  assert.ok(!isExempt(set, 'tool_uses'));
});

test('a target is every managed table, a group, or one table, exempt ones included', () => {
  assert.deepEqual(
    resolveTarget(set, 'all'),
    OBSERVABILITY_POLICIES.map(({ table }) => table),
  );
  assert.deepEqual(resolveTarget(set, 'ALL'), resolveTarget(set, 'all'));
  assert.deepEqual(resolveTarget(set, 'assertions'), ['assertion_results', 'assertion_chains']);
  assert.deepEqual(resolveTarget(set, 'Messages'), ['message_bus_log']);
  assert.deepEqual(resolveTarget(set, 'TOOL_uses'), ['tool_uses']);
  assert.deepEqual(resolveTarget(set, 'task_list_execution_runs'), ['task_list_execution_runs']);
});

test('any other target is a usage error that names the known ones, the nearest first', () => {
  assert.throws(
    () => resolveTarget(set, 'tool_use'),
    (error: unknown) =>
      error instanceof FirnError &&
      error.code === 'usage' &&
      /Known names: tool_uses, .*transcripts/.test(error.message) &&
      error.message.includes('task_list_execution_runs') &&
      error.hint === 'Did you mean tool_uses?',
  );
  assert.throws(() => resolveTarget(set, ''), FirnError);
});

test('a name never means two things', () => {
  const refused = (build: () => unknown, words: RegExp): void => {
    assert.throws(
      build,
      (error: unknown) => error instanceof FirnError && error.code === 'config' && words.test(error.message),
    );
  };
  refused(() => buildPolicySet([tools, { ...tools, table: 'TOOL_USES' }]), /two policies/);
  refused(() => buildPolicySet([tools], ['Tool_uses']), /both managed and exempt/);
  refused(() => buildPolicySet([{ ...tools, group: 'All' }]), /means all tables/);
  refused(() => buildPolicySet([{ ...tools, group: 'tool_uses' }]), /both a table and a group/);
  refused(() => buildPolicySet([tools], [], new Map([['Transcripts', ['tool_uses']]])), /defined twice/);
  refused(() => buildPolicySet([tools], [], new Map([['mine', ['tool_use']]])), /Did you mean tool_uses/);
});

test('a further group lists tables of several groups', () => {
  const mixed = buildPolicySet(
    OBSERVABILITY_POLICIES,
    [],
    new Map([['nightly', ['Message_Bus_Log', 'tool_uses']]]),
  );
  assert.deepEqual(resolveTarget(mixed, 'nightly'), ['message_bus_log', 'tool_uses']);
});
