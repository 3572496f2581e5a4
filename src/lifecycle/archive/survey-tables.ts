import type { DueRule, HotReader, Survey } from '../../hot/hot-store.ts';
import { FirnError, inWords } from '../../model/errors.ts';
import type { Hold } from '../../model/filter.ts';
import type { Instant } from '../../model/instant.ts';
import { foldName, sameName } from '../../model/names.ts';
import { type ArchivePlan, planArchive, type TableSurvey } from '../../model/policy/archive-plan.ts';
import { getPolicy, isExempt } from '../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { hotCutoffs, openCutoff } from '../../model/policy/thresholds.ts';
import { isUnavailable } from '../../model/retry.ts';
import type { TableShape } from '../../model/shape.ts';
import { ALLOW_TRIGGERS, writesInWords } from '../../model/side-effects.ts';

/** What decides which rows of a run are due, the same for its plan and its execution. */
export interface DueContext {
  readonly policies: PolicySet;
  readonly now: Instant;
  readonly olderThanMs: number | null;
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
    holds: holds.filter((hold) => sameName(hold.table, policy.table)).map((hold) => hold.conditions),
    leasesEnd,
  };
}

/** Looks at the target tables and plans what leaves them. Reads only; what cannot be looked at is in the plan as an error. */
export async function surveyAndPlan(
  reader: Pick<HotReader, 'shape' | 'sideEffects'>,
  survey: (shape: TableShape, rule: DueRule) => Promise<Survey>,
  context: DueContext,
  targets: readonly string[],
): Promise<ArchivePlan> {
  const inventory = new Map<string, TableSurvey | 'missing' | { readonly error: string }>();
  for (const table of targets) {
    const policy = getPolicy(context.policies, table);
    if (policy !== null && !isExempt(context.policies, table)) {
      inventory.set(table, await look(reader, survey, dueRule(context, policy)));
    }
  }
  return planArchive(context.policies, targets, inventory, context.now, { olderThanMs: context.olderThanMs });
}

async function look(
  reader: Pick<HotReader, 'shape' | 'sideEffects'>,
  survey: (shape: TableShape, rule: DueRule) => Promise<Survey>,
  rule: DueRule,
): Promise<TableSurvey | 'missing' | { readonly error: string }> {
  try {
    const shape = await reader.shape(rule.policy.table);
    if (shape === null) return 'missing';
    const column = foldName(rule.policy.timeColumn);
    if (!shape.columns.some(({ name }) => foldName(name) === column)) {
      return { error: `it has no column ${rule.policy.timeColumn}, which its policy uses as time column` };
    }
    const { writes, refusals } = await reader.sideEffects(shape);
    if (writes.length > 0 && rule.policy.triggers !== 'allow') {
      return { error: `${writesInWords(writes)}. ${ALLOW_TRIGGERS}` };
    }
    return { ...(await survey(shape, rule)), refusals };
  } catch (error) {
    if (error instanceof FirnError && !isUnavailable(error)) return { error: inWords(error) };
    throw error;
  }
}
