import type { BoundSurvey, BoundTable, BoundTables, DueRule, HotReader } from '../../hot/hot-store.ts';
import { sameWord } from '../../model/names.ts';
import { belongingOf, isSameReference } from '../../model/policy/dated-shape.ts';
import { familyOf } from '../../model/policy/families.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { Reference, TableShape } from '../../model/shape.ts';
import { type Failed, orError } from './or-error.ts';

/** A table of the run that can be looked at. */
export interface Ready {
  readonly shape: TableShape;
  readonly rule: DueRule;
}

/** Tables that are looked at and drained together: families, in the order in which they are drained, and what binds them. */
export interface Bound extends BoundTables {
  readonly groups: readonly (readonly string[])[];
  /** The foreign keys that refer to a table of the run and keep no row of it. */
  readonly ignored: readonly Reference[];
  /** Of each of the tables: what it has to give, or why they could not be looked at. */
  readonly surveys: ReadonlyMap<TableShape, BoundSurvey | Failed>;
}

/** Finds out which tables are bound to others, and looks at those together. */
export async function surveyBoundTables(
  schema: Pick<HotReader, 'references'>,
  surveyor: Pick<HotReader, 'surveyBound'>,
  policies: PolicySet,
  ready: readonly Ready[],
): Promise<Bound> {
  const binding = bindTables(policies, ready, await schema.references());
  const found = binding.tables.length === 0 ? [] : await orError(() => surveyor.surveyBound(binding));
  const surveys = new Map(
    binding.tables.map(({ shape }, at) => [shape, 'error' in found ? found : found[at]!] as const),
  );
  return { ...binding, surveys };
}

/**
 * Which tables of a run are bound to others, and in which order they are drained: a table before those that its rows refer to, where references
 * are kept. A circle of tables is drained in the order given.
 */
function bindTables(
  policies: PolicySet,
  ready: readonly Ready[],
  declared: readonly Reference[],
): Omit<Bound, 'surveys'> {
  const find = (name: string) => ready.find(({ shape }) => sameWord(shape.table, name));
  const familyIn = (name: string): readonly string[] =>
    familyOf(policies, name).filter((member) => find(member) !== undefined);
  const belongings = ready.flatMap(({ shape }) => belongingOf(shape) ?? []);
  const ties = declared.filter((tie) => !belongings.some((own) => isSameReference(own, tie)));
  const kept = ties.filter(({ parent }) => find(parent)?.rule.policy.references === 'keep');

  const bound = new Set<string>();
  for (const { shape } of ready) if (familyIn(shape.table).length > 1) bound.add(shape.table);
  for (const { parent } of kept) bound.add(find(parent)!.shape.table);
  for (const { table, parent } of kept)
    if (find(table) !== undefined && bound.has(find(parent)!.shape.table))
      bound.add(find(table)!.shape.table);

  const groups: (readonly string[])[] = [];
  const placed = new Set<string>();
  const place = (name: string): void => {
    if (placed.has(name)) return;
    const family = familyIn(name).map((member) => find(member)!.shape.table);
    for (const member of family) placed.add(member);
    const before = kept.filter(({ parent }) => family.some((member) => sameWord(member, parent)));
    for (const { table } of before) {
      const referring = find(table)?.shape.table;
      if (referring !== undefined) place(referring);
    }
    groups.push(family);
  };
  for (const { shape } of ready) if (bound.has(shape.table)) place(shape.table);

  const tables = groups.flatMap((family): BoundTable[] =>
    family.map((name) => ({ ...find(name)!, root: family[0]! })),
  );
  const ignored = ties.filter((tie) => !kept.includes(tie) && find(tie.parent) !== undefined);
  return { tables, references: kept, groups, ignored };
}
