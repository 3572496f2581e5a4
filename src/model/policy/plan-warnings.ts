import { formatDuration } from '../duration.ts';
import type { Milliseconds } from '../instant.ts';
import { oddTimesInWords } from '../time/odd-times.ts';
import type { Inventory, TablePlan } from './archive-plan.ts';
import { getPolicy } from './policies.ts';
import type { PolicySet } from './policy.ts';

/** What a person should know of a plan, in words. */
export function planWarnings(
  set: PolicySet,
  tables: readonly TablePlan[],
  inventory: Inventory,
  olderThanMs: Milliseconds | null,
): string[] {
  return [
    ...shorterThanPolicy(set, tables, olderThanMs),
    ...undatedRows(tables),
    ...orphanedRows(tables),
    ...danglingReferences(tables),
    ...refusingTriggers(tables, inventory),
  ];
}

function shorterThanPolicy(
  set: PolicySet,
  tables: readonly TablePlan[],
  olderThanMs: Milliseconds | null,
): string[] {
  if (olderThanMs === null) return [];
  return tables.flatMap(({ table }) => {
    const policy = getPolicy(set, table);
    if (policy === null || olderThanMs >= policy.hotMs) return [];
    const given = formatDuration(olderThanMs);
    return [
      `${table}: --older-than ${given} is shorter than its hot time of ${formatDuration(policy.hotMs)}`,
    ];
  });
}

function undatedRows(tables: readonly TablePlan[]): string[] {
  return tables.flatMap(({ table, undated, oddTimes }) => {
    const hint = oddTimes?.hint == null ? '' : ` (${oddTimes.hint})`;
    const invalid = `missing or invalid timestamp and will not be archived${hint}`;
    return [
      ...(undated === 0
        ? []
        : [undated === 1 ? `1 row has a ${invalid}` : `${undated} rows have a ${invalid}`]),
      ...oddTimesInWords(oddTimes).map((words) => `${words} and will not be archived`),
    ].map((warning) => `${table}: ${warning}`);
  });
}

function orphanedRows(tables: readonly TablePlan[]): string[] {
  return tables.flatMap(({ table, orphans = 0 }) => {
    if (orphans === 0) return [];
    const rows = orphans === 1 ? '1 row belongs' : `${orphans} rows belong`;
    return [`${table}: ${rows} to a parent row that does not exist and will not be archived`];
  });
}

function danglingReferences(tables: readonly TablePlan[]): string[] {
  return tables.flatMap(({ table, dangling }) => {
    if (dangling === undefined || dangling.rows === 0) return [];
    const { rows, isExact } = dangling;
    const referring = rows === 1 ? '1 remaining row refers' : `${rows} remaining rows refer`;
    const atLeast = isExact ? '' : 'at least ';
    return [`${table}: ${atLeast}${referring} to rows that leave (references: ignore)`];
  });
}

function refusingTriggers(tables: readonly TablePlan[], inventory: Inventory): string[] {
  return tables.flatMap(({ table, status }) => {
    const found = inventory.get(table);
    if (status !== 'due' || found === undefined || found === 'missing' || 'error' in found) return [];
    return (found.refusals ?? []).map(
      (trigger) =>
        `${table}: the trigger ${trigger} may prevent the deletion of rows (RAISE). Firn keeps the rows of such a batch in the database.`,
    );
  });
}
