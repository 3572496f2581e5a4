import type { HotStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { hotCutoff, openCutoff } from '../../model/policy/thresholds.ts';

/** What a policy would do to a table now. */
export interface Outlook {
  readonly rows: number;
  readonly oldest: Instant | null;
  readonly newest: Instant | null;
  /** Rows that would leave the database. */
  readonly leaving: number;
  /** About how many bytes of values these rows hold. */
  readonly bytes: number;
  /** Figures of a large table without an index on its time column. */
  readonly estimated: boolean;
}

/** The outlook of every table with a policy, by name; tables that cannot be counted are left out. */
export async function outlookOf(
  stores: { readonly reader: HotReader; readonly stats: HotStats },
  policies: PolicySet,
  rowBytes: (table: string) => number,
  now: Instant,
): Promise<ReadonlyMap<string, Outlook>> {
  const found = new Map<string, Outlook>();
  for (const policy of policies.policies.values()) {
    const outlook = await outlookOfTable(stores, policy, rowBytes, now).catch((error: unknown) => {
      if (error instanceof FirnError) return null;
      throw error;
    });
    if (outlook !== null) found.set(policy.table, outlook);
  }
  return found;
}

async function outlookOfTable(
  { reader, stats }: { readonly reader: HotReader; readonly stats: HotStats },
  policy: Policy,
  rowBytes: (table: string) => number,
  now: Instant,
): Promise<Outlook | null> {
  const shape = await reader.shape(policy.table);
  if (shape === null) return null;
  const rule = {
    policy,
    now,
    cutoff: hotCutoff(policy, now),
    openCutoff: openCutoff(policy, now),
    holds: [],
  };
  const { total, oldest, newest, due, estimated } = await stats.table(shape, rule);
  const bytes = due === 0 ? 0 : Math.round(due * rowBytes(policy.table));
  return { rows: total, oldest, newest, leaving: due, bytes, estimated };
}
