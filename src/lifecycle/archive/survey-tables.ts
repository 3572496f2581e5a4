import type { DueRule, HotReader } from '../../hot/hot-store.ts';
import { ALLOW_TRIGGERS, writesInWords } from '../../model/database/side-effects.ts';
import type { Hold } from '../../model/filter.ts';
import type { Instant, Milliseconds } from '../../model/instant.ts';
import { foldWord, sameWord } from '../../model/names.ts';
import type { ArchivePlan, Dangling, TableSurvey } from '../../model/policy/archive-plan.ts';
import { datedShape } from '../../model/policy/dated-shape.ts';
import { familyOf, wholeFamilies } from '../../model/policy/families.ts';
import { planArchive } from '../../model/policy/plan-archive.ts';
import { getPolicy, isExempt } from '../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { hotCutoffs, openCutoff } from '../../model/policy/thresholds.ts';
import type { Reference } from '../../model/shape.ts';
import { type Bound, type Ready, surveyBoundTables } from './bound-tables.ts';
import { orError } from './or-error.ts';

/** What decides which rows of a run are due, the same for its plan and its execution. */
export interface DueContext {
  readonly policies: PolicySet;
  readonly now: Instant;
  readonly olderThanMs: Milliseconds | null;
  readonly holds: readonly Hold[];
  /** See `DueRule`. */
  readonly leasesEnd?: boolean;
}

export function dueRule(context: DueContext, policy: Policy): DueRule {
  const { now, olderThanMs, holds, leasesEnd = false } = context;
  const cutoffs = hotCutoffs(policy, now, olderThanMs);
  return {
    policy,
    now,
    cutoff: cutoffs.latest,
    ...(cutoffs.rules.length === 0 ? {} : { hotRules: cutoffs }),
    openCutoff: openCutoff(policy, now, olderThanMs),
    holds: holds.filter((hold) => sameWord(hold.table, policy.table)).map((hold) => hold.conditions),
    leasesEnd,
  };
}

/** Looks at tables; `HotReader` and `Copier` do. */
export type Surveyor = Pick<HotReader, 'survey' | 'surveyBound' | 'dangling'>;

/** A plan, and what binds tables of it. */
export interface Surveyed {
  readonly plan: ArchivePlan;
  readonly bound: Bound;
}

/** Looks at the target tables and plans what leaves them, with the rest of their families. Reads only; what cannot be looked at is in the plan as an error. */
export async function surveyAndPlan(
  reader: Pick<HotReader, 'shape' | 'sideEffects' | 'references'>,
  surveyor: Surveyor,
  context: DueContext,
  targets: readonly string[],
): Promise<Surveyed> {
  const { policies } = context;
  const tables = wholeFamilies(policies, targets);
  const inventory = new Map<string, TableSurvey | 'missing' | { readonly error: string }>();
  const ready = new Map<string, Looked>();
  for (const table of tables) {
    const policy = getPolicy(policies, table);
    if (policy === null || isExempt(policies, table)) continue;
    const looked = await orError(() => look(reader, policies, dueRule(context, policy)));
    if (looked === 'missing' || 'error' in looked) inventory.set(table, looked);
    else ready.set(table, looked);
  }
  spreadErrors(policies, inventory, ready);
  const bound = await surveyBoundTables(reader, surveyor, policies, [...ready.values()]);
  for (const [table, { shape, rule, refusals }] of ready) {
    const found = bound.surveys.get(shape) ?? (await orError(() => surveyor.survey(shape, rule)));
    inventory.set(table, 'error' in found ? found : { ...found, refusals });
  }
  await countDangling(surveyor, bound.ignored, inventory);
  const { now, olderThanMs } = context;
  const plan = planArchive(policies, tables, inventory, now, { olderThanMs, groups: bound.groups });
  return { plan, bound };
}

/** Counts the references that would dangle, when all is known that leaves. What cannot be counted hides nothing else. */
async function countDangling(
  surveyor: Surveyor,
  ignored: readonly Reference[],
  inventory: Map<string, TableSurvey | 'missing' | { readonly error: string }>,
): Promise<void> {
  for (const [table, found] of inventory) {
    if (found === 'missing' || 'error' in found) continue;
    const own = ignored.filter(({ parent }) => sameWord(parent, table));
    if (own.length === 0) continue;
    const counts: Dangling[] = [];
    for (const reference of own) {
      const counted = await orError(() => surveyor.dangling(reference));
      counts.push('error' in counted ? { rows: 0, isExact: false } : counted);
    }
    const dangling = {
      rows: counts.reduce((sum, { rows }) => sum + rows, 0),
      isExact: counts.every(({ isExact }) => isExact),
    };
    inventory.set(table, { ...found, dangling });
  }
}

/** A table that can be looked at. */
interface Looked extends Ready {
  readonly refusals: readonly string[];
}

async function look(
  reader: Pick<HotReader, 'shape' | 'sideEffects' | 'references'>,
  policies: PolicySet,
  rule: DueRule,
): Promise<Looked | 'missing' | { readonly error: string }> {
  const shape = await datedShape(reader, policies, rule.policy.table);
  if (shape === null) return 'missing';
  const column = foldWord(rule.policy.timeColumn);
  if (shape.timeOf === undefined && !shape.columns.some(({ name }) => foldWord(name) === column)) {
    return { error: `it has no column ${rule.policy.timeColumn}, which its policy uses as time column` };
  }
  const { writes, refusals } = await reader.sideEffects(shape);
  if (writes.length > 0 && rule.policy.triggers !== 'allow') {
    return { error: `${writesInWords(writes)}. ${ALLOW_TRIGGERS}` };
  }
  return { shape, rule, refusals };
}

/** Where one table of a family cannot be archived, none of it can: its rows leave with theirs. */
function spreadErrors(
  policies: PolicySet,
  inventory: Map<string, TableSurvey | 'missing' | { readonly error: string }>,
  ready: Map<string, Looked>,
): void {
  for (const [table, found] of [...inventory]) {
    for (const member of familyOf(policies, table)) {
      if (!ready.delete(member)) continue;
      const why = found !== 'missing' && 'error' in found ? found.error : 'the database does not have it';
      inventory.set(member, { error: `its rows belong together with those of ${table}: ${why}` });
    }
  }
}
