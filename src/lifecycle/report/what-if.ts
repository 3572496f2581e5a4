import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotStats, TableStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { Clock } from '../../model/clock.ts';
import { isUnreadableTable } from '../../model/errors.ts';
import { formatInstant, type Instant, instantOfMs } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { dueRule } from '../archive/survey-tables.ts';
import { heldSegments } from '../archived/held-segments.ts';
import { dueSegments } from '../cleanup/cleanup-plan.ts';
import { completeDays, tableRates } from './ingest-stats.ts';
import { changedTables, type Effect, effectOf, type TableChange } from './what-if-plan.ts';

export interface WhatIf {
  /** The one `now`, UTC ISO 8601. */
  readonly asOf: string;
  /** The tables whose policy differs. */
  readonly tables: readonly TableChange[];
  /** Tables whose rows in the database cannot be read, and why. */
  readonly unreadable: readonly { readonly table: string; readonly message: string }[];
  readonly warnings: readonly string[];
}

export interface WhatIfSources {
  readonly reader: Pick<HotReader, 'shape' | 'ledger'>;
  readonly stats: HotStats;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
}

/** What changed policies would do with what is there now, against the present ones; where nothing is changed, what the present ones do. Reads only. */
export async function whatIf(
  sources: WhatIfSources,
  present: PolicySet,
  changed: PolicySet,
): Promise<WhatIf> {
  const now = instantOfMs(sources.clock.now());
  const tables: TableChange[] = [];
  const unreadable: { table: string; message: string }[] = [];
  const differing = changedTables(present, changed);
  for (const table of differing.length > 0 ? differing : present.policies.keys()) {
    try {
      tables.push({
        table,
        present: await effect(sources, present, getPolicy(present, table), now),
        changed: await effect(sources, changed, getPolicy(changed, table), now),
      });
    } catch (error) {
      if (!isUnreadableTable(error)) throw error;
      unreadable.push({ table, message: error.message });
    }
  }
  return { asOf: formatInstant(now), tables, unreadable, warnings: tables.flatMap(warningsOn) };
}

async function effect(
  { reader, stats, archive }: WhatIfSources,
  policies: PolicySet,
  policy: Policy | null,
  now: Instant,
): Promise<Effect | null> {
  if (policy === null) return null;
  const receipts = (await reader.ledger.receipts()).filter(({ table }) => sameWord(table, policy.table));
  const held = await heldSegments(reader.ledger, archive, dueSegments(policies, receipts, now));
  const shape = await reader.shape(policy.table);
  const holds = await reader.ledger.holds();
  const rule = dueRule({ policies, now, olderThanMs: null, holds }, policy);
  const counted: TableStats | null = shape === null ? null : await stats.table(shape, rule);
  const rates = await tableRates({ reader, stats }, policy, receipts, completeDays(now), now);
  return effectOf(policy, { receipts, held, stats: counted, forecasts: rates?.forecasts ?? [] }, now);
}

function warningsOn({ table, present, changed }: TableChange): string[] {
  if (changed === null) return [`${table} would have no policy: its rows and segments would be kept forever`];
  const more = changed.purge.rows - (present?.purge.rows ?? 0);
  return more > 0
    ? [`${table}: the next cleanup would purge ${more} more rows than with the current policy`]
    : [];
}
