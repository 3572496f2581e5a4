import { foldWord, sameWord } from '../names.ts';
import { TIME } from '../shape.ts';
import type { Policy, PolicySet } from './policy.ts';

/*
 * A family is a table and the tables whose rows belong to its rows, at any distance. One row of its root and all rows that belong to it are a
 * unit, which leaves as a whole.
 */

/** The policies with those of children completed: they have the spans and the group of their root, and their parents' keys as lookup keys. Throws what `refuse` throws. */
export function withInherited(
  policies: readonly Policy[],
  exempt: readonly string[],
  refuse: (message: string) => never,
): readonly Policy[] {
  const byName = new Map(policies.map((policy) => [foldWord(policy.table), policy]));
  const rootOf = (policy: Policy, seen: readonly string[]): Policy => {
    if (policy.with === undefined) return policy;
    const { parent } = policy.with;
    if (seen.some((name) => sameWord(name, parent))) {
      refuse(`${policy.table} belongs to itself: ${[...seen, parent].join(' → ')}`);
    }
    if (exempt.some((name) => sameWord(name, parent))) {
      refuse(`${policy.table} belongs to ${parent}, which is exempt and so never leaves`);
    }
    const found = byName.get(foldWord(parent));
    if (found === undefined) refuse(`${policy.table} belongs to ${parent}, which has no policy`);
    return rootOf(found, [...seen, found.table]);
  };
  return policies.map((policy) => {
    const { hotMs, warmMs, coldMs, group, span } = rootOf(policy, [policy.table]);
    if (policy.with === undefined) return policy;
    const { by } = policy.with;
    const others = policy.lookupKeys.filter((key) => !by.some((name) => sameWord(name, key)));
    return {
      ...{
        ...policy,
        lookupKeys: [...by, ...others],
        hotMs,
        warmMs,
        coldMs,
        group: policy.group ?? group,
        timeColumn: TIME,
      },
      ...(span === undefined ? {} : { span }),
    };
  });
}

/** The tables of the family that a table is in, parents before their children; the table alone when nothing belongs to it and it to nothing. */
export function familyOf(set: PolicySet, table: string): readonly string[] {
  const policies = [...set.policies.values()];
  const find = (name: string) => policies.find((policy) => sameWord(policy.table, name));
  let root = find(table);
  if (root === undefined) return [table];
  while (root.with !== undefined) root = find(root.with.parent)!;
  const family = [root.table];
  for (let at = 0; at < family.length; at++) {
    const children = policies.filter((policy) => sameWord(policy.with?.parent ?? '', family[at]!));
    family.push(...children.map((policy) => policy.table));
  }
  return family;
}

/** The same tables and the rest of their families, each family together, in the order in which they were named first. */
export function wholeFamilies(set: PolicySet, tables: readonly string[]): readonly string[] {
  const whole: string[] = [];
  for (const table of tables) {
    if (whole.some((name) => sameWord(name, table))) continue;
    whole.push(...familyOf(set, table));
  }
  return whole;
}

/** What the age of a table's rows counts from, for people. */
export function timeInWords({ timeColumn, with: belonging }: Policy): string {
  return belonging === undefined ? timeColumn : `the time of its row in ${belonging.parent}`;
}
