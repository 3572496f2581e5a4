import type { Receipt } from '../../hot/ledger.ts';
import { foldWord } from '../../model/names.ts';
import { getPolicy, isExempt } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';

/** A table that the archive holds rows of, and neither a policy nor the list of exempt tables names: its policy was removed, or it was renamed. Its rows are kept until one does. */
export interface TableWithoutPolicy {
  readonly table: string;
  readonly segments: number;
  readonly rows: number;
}

export function tablesWithoutPolicy(policies: PolicySet, receipts: readonly Receipt[]): TableWithoutPolicy[] {
  const found = new Map<string, { table: string; segments: number; rows: number }>();
  for (const { table, state, rows } of receipts) {
    if (state !== 'archived' && state !== 'draining') continue;
    if (getPolicy(policies, table) !== null || isExempt(policies, table)) continue;
    const own = found.get(foldWord(table)) ?? { table, segments: 0, rows: 0 };
    found.set(foldWord(table), own);
    own.segments++;
    own.rows += rows;
  }
  return [...found.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** For a report's warnings. */
export function withoutPolicyInWords({ table, rows }: TableWithoutPolicy): string {
  return `${table}: no policy: its ${rows} archived rows are neither moved to cold nor purged. Add a policy for the table, or erase the rows.`;
}
