import { FirnError } from '../errors.ts';
import { byNearness, foldWord, nearestName, sameWord } from '../names.ts';
import { withInherited } from './families.ts';
import type { Policy, PolicySet } from './policy.ts';
import { OBSERVABILITY_EXEMPT, OBSERVABILITY_POLICIES } from './preset.ts';

/** The target that means every managed table. */
export const ALL_TABLES = 'all';

/**
 * Puts policies, exempt tables and further named lists of tables together, in the order given.
 * The rows of a child have the policy of their parent. Every policy's own `group` becomes a group; `lists` adds groups that no policy names.
 * @throws FirnError `config` when a name means two things, or a list names a table without a policy.
 */
export function buildPolicySet(
  given: readonly Policy[],
  exempt: readonly string[] = [],
  lists: ReadonlyMap<string, readonly string[]> = new Map(),
): PolicySet {
  const policies = withInherited(given, exempt, refuse);
  const byTable = new Map<string, Policy>();
  const groups = new Map<string, string[]>();
  for (const policy of policies) {
    if (findKey(byTable, policy.table) !== null) refuse(`table ${policy.table} has two policies`);
    if (exempt.some((name) => sameWord(name, policy.table))) {
      refuse(`table ${policy.table} is both managed and exempt`);
    }
    byTable.set(policy.table, policy);
    if (policy.group !== null) {
      const group = findKey(groups, policy.group) ?? policy.group;
      groups.set(group, [...(groups.get(group) ?? []), policy.table]);
    }
  }
  for (const [group, tables] of lists) {
    if (findKey(groups, group) !== null) refuse(`group ${group} is defined twice`);
    groups.set(
      group,
      tables.map((table) => findKey(byTable, table) ?? refuseMember(group, table, byTable)),
    );
  }
  for (const group of groups.keys()) {
    if (sameWord(group, ALL_TABLES)) refuse(`a group cannot be named ${group}, which means all tables`);
    if (findKey(byTable, group) !== null) refuse(`${group} is the name of both a table and a group`);
  }
  return { policies: byTable, groups, exempt: new Set(exempt) };
}

/** The policies of the observability tables alone. */
export function observabilityPolicies(): PolicySet {
  return buildPolicySet(OBSERVABILITY_POLICIES, OBSERVABILITY_EXEMPT);
}

/** The policy of a table; null when it is exempt or unknown. */
export function getPolicy(set: PolicySet, table: string): Policy | null {
  const key = findKey(set.policies, table);
  return key === null ? null : set.policies.get(key)!;
}

/** True when the table is kept for ever on purpose. */
export function isExempt(set: PolicySet, table: string): boolean {
  return [...set.exempt].some((name) => sameWord(name, table));
}

/**
 * The tables that `all`, a group, a managed or an exempt table stands for, in the order they are archived.
 * `all` leaves exempt tables out. Names match ASCII case-insensitively.
 * @throws FirnError `usage` that names the known targets, the nearest first.
 */
export function resolveTarget(set: PolicySet, target: string): readonly string[] {
  if (foldWord(target) === ALL_TABLES) return [...set.policies.keys()];
  const group = findKey(set.groups, target);
  if (group !== null) return set.groups.get(group)!;
  const table = [...set.policies.keys(), ...set.exempt].find((name) => sameWord(name, target));
  if (table !== undefined) return [table];

  const known = [ALL_TABLES, ...set.groups.keys(), ...set.policies.keys(), ...set.exempt];
  const nearest = nearestName(target, known);
  throw new FirnError(
    'usage',
    `${JSON.stringify(target)} is not a known table or group. Known names: ${byNearness(target, known).join(', ')}.`,
    {
      operation: 'find the table or group',
      path: target,
      hint:
        nearest === null
          ? 'Pass one of them, or add a policy for the table to firn.config.yaml.'
          : `Did you mean ${nearest}?`,
    },
  );
}

function findKey(map: ReadonlyMap<string, unknown>, name: string): string | null {
  if (map.has(name)) return name;
  for (const key of map.keys()) if (sameWord(key, name)) return key;
  return null;
}

function refuseMember(group: string, table: string, known: ReadonlyMap<string, Policy>): never {
  const nearest = nearestName(table, known.keys());
  refuse(
    `group ${group} includes ${table}, which has no policy${nearest === null ? '' : `. Did you mean ${nearest}?`}`,
  );
}

function refuse(message: string): never {
  throw new FirnError('config', message, { operation: 'check the policies' });
}
