import type { HotStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import { planRun } from '../../lifecycle/archive/archive-run.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { type Instant, instantOfMs } from '../../model/instant.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { hotCutoff, openCutoff } from '../../model/policy/thresholds.ts';

/** What a policy would do to a table now. */
export interface Outlook {
  readonly rows: number;
  /** Null for an empty table, and for one whose rows have the time of their parents. */
  readonly oldest: Instant | null;
  readonly newest: Instant | null;
  /** Rows that a run would archive. */
  readonly leaving: number;
  /** About how many bytes of values these rows hold. */
  readonly bytes: number;
}

interface Stores {
  readonly reader: HotReader;
  readonly stats: HotStats;
  readonly clock: Clock;
  readonly rowBytes: (table: string) => number;
}

/** The outlook of every table with a policy, by name; tables that cannot be counted are left out. */
export async function outlookOf(stores: Stores, policies: PolicySet): Promise<ReadonlyMap<string, Outlook>> {
  const found = new Map<string, Outlook>();
  if (policies.policies.size === 0) return found;
  const plan = await planRun(stores.reader, stores.clock, policies, 'all');
  for (const { table, status, records } of plan.tables) {
    const policy = policies.policies.get(table);
    if (policy === undefined || (status !== 'due' && status !== 'no_records')) continue;
    const bytes = records === 0 ? 0 : Math.round(records * stores.rowBytes(table));
    found.set(table, { ...(await extentOf(stores, policy)), leaving: records, bytes });
  }
  return found;
}

async function extentOf(
  { reader, stats, clock }: Stores,
  policy: Policy,
): Promise<Pick<Outlook, 'rows' | 'oldest' | 'newest'>> {
  const shape = (await reader.shape(policy.table))!;
  const now = instantOfMs(clock.now());
  const rule = {
    policy,
    now,
    cutoff: hotCutoff(policy, now),
    openCutoff: openCutoff(policy, now),
    holds: [],
  };
  try {
    if (policy.with === undefined) {
      const { total, oldest, newest } = await stats.table(shape, rule);
      return { rows: total, oldest, newest };
    }
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
  }
  return { rows: await reader.count(shape, Number.MAX_SAFE_INTEGER), oldest: null, newest: null };
}
