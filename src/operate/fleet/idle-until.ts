import { planRun } from '../../lifecycle/archive/archive-run.ts';
import { planCleanupRun } from '../../lifecycle/cleanup/cleanup.ts';
import type { Clock } from '../../model/clock.ts';
import { DAY_MS } from '../../model/duration.ts';
import type { Reading } from '../stores.ts';

/** How far ahead is looked, the farthest first. Also how long an idle database is left alone at most. */
const AHEAD_DAYS = [7, 1] as const;

/**
 * Until when no job has anything to do in a database in which nothing changes, in milliseconds since the epoch; null: it may have now, or
 * within a day. Time alone makes rows due, ends leases and expires archives, so the plans of that later instant are made.
 */
export async function idleUntil(opened: Reading): Promise<number | null> {
  const { databaseLimit } = opened.config;
  if (databaseLimit !== null && (await opened.reader.usedBytes()) > databaseLimit.bytes) return null;
  const now = opened.clock.now();
  for (const days of AHEAD_DAYS) {
    const at = now + days * DAY_MS;
    if (await isNothingDue(opened, at)) return at;
  }
  return null;
}

async function isNothingDue({ reader, archive, policies, clock }: Reading, at: number): Promise<boolean> {
  const then: Clock = { ...clock, now: () => at };
  const plan = await planRun(reader, then, policies, [...policies.policies.keys()]);
  if (plan.total > 0 || plan.tables.some(({ status }) => status === 'error')) return false;
  const cleanup = await planCleanupRun(reader.ledger, archive, then, policies);
  return cleanup.consolidation?.months.length === 0 && cleanup.purge?.files.length === 0;
}
