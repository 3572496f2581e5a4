import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { DatabaseFile, HotStats, TableStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { formatInstant, type Instant, instantOfMs } from '../../model/instant.ts';
import { getPolicy, isExempt } from '../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { type Ready, surveyBoundTables } from '../archive/bound-tables.ts';
import { dueRule } from '../archive/survey-tables.ts';
import { planCleanupRun } from '../cleanup/cleanup.ts';
import { type TableWithoutPolicy, tablesWithoutPolicy } from '../cleanup/without-policy.ts';
import { alarmInWords, type OpenAlarm } from '../reconcile/alarm-findings.ts';
import { alarm, isRepair, type ReconcileStep } from '../reconcile/reconcile-plan.ts';
import { boundStats } from './bound-stats.ts';
import { standingOf } from './standing-alarms.ts';
import { findOverdue, type Grace, type Overdue } from './status-overdue.ts';
import { type TierStatus, tiersOf } from './status-tiers.ts';

/** Where the rows of one managed table are. */
export interface TableStatus {
  readonly table: string;
  readonly policy: Policy;
  readonly stats: TableStats;
}

export interface RetentionStatus {
  /** The one `now`, UTC ISO 8601. */
  readonly asOf: string;
  readonly file: DatabaseFile;
  readonly database: readonly TableStatus[];
  /** Managed tables that the database lacks. */
  readonly missing: readonly string[];
  /** Managed tables that cannot be looked at, and why. */
  readonly unreadable: readonly { readonly table: string; readonly message: string }[];
  /** Tables with a time column that no policy names. */
  readonly unmanaged: readonly string[];
  /** Tables that the archive holds rows of, and no policy names. */
  readonly withoutPolicy: readonly TableWithoutPolicy[];
  readonly warm: TierStatus & { readonly eligibleForCold: number };
  readonly cold: TierStatus;
  readonly overdue: readonly Overdue[];
  /** What a look at names, sizes and receipts finds wrong, and what an earlier run found and nothing resolved since. */
  readonly alarms: readonly ReconcileStep[];
  /** The same, with what each is about. */
  readonly openAlarms: readonly OpenAlarm[];
  /** Alarms that somebody acknowledged with a reason. */
  readonly acknowledged: readonly RecordedAlarm[];
  /** What the next run will put right. */
  readonly unfinished: readonly ReconcileStep[];
}

export interface StatusSources {
  /** Whether a table has a column from which the age of its rows could count: what `firn init` proposes. */
  readonly hasTime: (table: string) => Promise<boolean>;
  readonly reader: Pick<HotReader, 'tables' | 'shape' | 'ledger' | 'references' | 'surveyBound'>;
  readonly stats: HotStats;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly policies: PolicySet;
}

/** Looks at everything that is kept anywhere. Reads only; no row of an archive is read. */
export async function retentionStatus(sources: StatusSources, grace: Grace): Promise<RetentionStatus> {
  const { reader, stats, archive, clock, policies } = sources;
  const now = instantOfMs(clock.now());
  const { tables, missing, unreadable } = await countTables(sources, now);
  const { inventory, steps, isOwn, open, acknowledged } = await standingOf(reader.ledger, archive);
  const plan = await planCleanupRun(reader.ledger, archive, clock, policies);
  const tiers = await tiersOf(archive, inventory.receipts);
  const counted = new Map(tables.map(({ table, stats: found }) => [table, found]));
  return {
    asOf: formatInstant(now),
    file: await stats.file(),
    database: tables,
    ...{ missing, unreadable },
    unmanaged: await unmanagedTables(sources),
    withoutPolicy: tablesWithoutPolicy(policies, inventory.receipts),
    warm: { ...tiers.warm, eligibleForCold: plan.consolidation?.segments ?? 0 },
    cold: tiers.cold,
    overdue: findOverdue(policies, counted, plan, grace),
    alarms: open.map((found) => alarm(found.kind, found.subject, alarmInWords(found))),
    openAlarms: open,
    acknowledged,
    // The next run refuses an archive that is not its own: it puts nothing right.
    unfinished: (isOwn ? steps : [])
      .filter(isRepair)
      .map(({ action, subject, reason }) => ({ action, subject, reason })),
  };
}

/** True when a monitor should call somebody. */
export function needsAttention({ overdue, alarms, unreadable, database, missing }: RetentionStatus): boolean {
  const nothingThere = database.length === 0 && missing.length > 0;
  return overdue.length > 0 || alarms.length > 0 || unreadable.length > 0 || nothingThere;
}

async function countTables(
  { reader, stats, policies }: StatusSources,
  now: Instant,
): Promise<{
  tables: TableStatus[];
  missing: string[];
  unreadable: { table: string; message: string }[];
}> {
  const tables: TableStatus[] = [];
  const missing: string[] = [];
  const unreadable: { table: string; message: string }[] = [];
  const holds = await reader.ledger.holds();
  const ready: Ready[] = [];
  for (const policy of policies.policies.values()) {
    try {
      const shape = await reader.shape(policy.table);
      if (shape === null) {
        missing.push(policy.table);
        continue;
      }
      const rule = dueRule({ policies, now, olderThanMs: null, holds }, policy);
      tables.push({ table: shape.table, policy, stats: await stats.table(shape, rule) });
      ready.push({ shape, rule });
    } catch (error) {
      if (!(error instanceof FirnError)) throw error;
      unreadable.push({ table: policy.table, message: error.message });
    }
  }
  // Of rows that stay for others, or leave with them, a table alone tells nothing.
  const { surveys } = await surveyBoundTables(reader, reader, policies, ready);
  const counted = tables.flatMap((one, at): TableStatus[] => {
    const survey = surveys.get(ready[at]!.shape);
    if (survey === undefined) return [one];
    if (!('error' in survey)) return [{ ...one, stats: boundStats(one.stats, survey) }];
    unreadable.push({ table: one.table, message: survey.error });
    return [];
  });
  return { tables: counted, missing, unreadable };
}

async function unmanagedTables({ reader, policies, hasTime }: StatusSources): Promise<string[]> {
  const found: string[] = [];
  for (const table of await reader.tables()) {
    if (getPolicy(policies, table) !== null || isExempt(policies, table)) continue;
    if (await hasTime(table)) found.push(table);
  }
  return found;
}
