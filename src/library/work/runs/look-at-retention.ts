import { parseBundlePath, parseSegmentName } from '../../../format/segment-names.ts';
import { subjectOf } from '../../../lifecycle/reconcile/alarm-findings.ts';
import { type FileDetails, fileDetails } from '../../../lifecycle/report/archive-file.ts';
import { type ArchiveFiles, archiveFiles, type FileFilter } from '../../../lifecycle/report/archive-files.ts';
import { type RetentionStats, retentionStats } from '../../../lifecycle/report/ingest-stats.ts';
import { scheduledGrace } from '../../../lifecycle/report/status-overdue.ts';
import { type RetentionStatus, retentionStatus } from '../../../lifecycle/report/tier-report.ts';
import { type WhatIf, whatIf } from '../../../lifecycle/report/what-if.ts';
import { resolveTables } from '../../../lookup/places/known-tables.ts';
import { FirnError } from '../../../model/errors.ts';
import { sameWord } from '../../../model/names.ts';
import { isExempt, resolveTarget } from '../../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../../model/policy/policy.ts';
import { firstRunAt } from '../../../operate/schedule/job-state.ts';
import type { Stores } from '../../../operate/stores.ts';

/** Rows and files of each tier, and what is overdue. Changes nothing. */
export async function lookAtTiers(stores: Stores): Promise<RetentionStatus> {
  await using opened = await stores.openReading();
  await using stats = await stores.openStats();
  await using log = await stores.openRunLogReader();
  const { reader, archive, clock, policies } = opened;
  return await retentionStatus(
    { reader, stats, archive, clock, policies, hasTime: (table) => stores.hasTimeColumn(reader, table) },
    scheduledGrace(stores.config.weeklyTables, firstRunAt(await log.runs(), clock.now())),
  );
}

/** Ingest rate and forecast. Changes nothing. */
export async function lookAtRates(stores: Stores): Promise<RetentionStats> {
  await using opened = await stores.openReading();
  await using stats = await stores.openStats();
  const { reader, clock, policies } = opened;
  return await retentionStats({ reader, stats, clock, policies });
}

/** What changed policies would do, beside the present ones. Changes nothing. */
export async function compareWith(stores: Stores, changed: PolicySet): Promise<WhatIf> {
  await using opened = await stores.openReading();
  await using stats = await stores.openStats();
  const { reader, archive, clock, policies } = opened;
  return await whatIf({ reader, stats, archive, clock }, policies, changed);
}

/** Retention times in milliseconds; undefined leaves a time as it is. */
export interface ChangedTimes {
  readonly hot: number | undefined;
  readonly warm: number | undefined;
  readonly cold: number | undefined;
}

/** Policies with other times for a target. Throws `usage` for a target without times, and for exempt tables. */
export function withTimes(
  policies: PolicySet,
  target: string | undefined,
  { hot, warm, cold }: ChangedTimes,
): PolicySet {
  const given = hot !== undefined || warm !== undefined || cold !== undefined;
  if (!given && target === undefined) return policies;
  if (!given) {
    throw new FirnError('usage', `compare policies of ${target}: --hot, --warm or --cold`, {
      operation: 'plan',
      hint: 'See: firn plan --help',
    });
  }
  const tables = resolveTarget(policies, target ?? 'all');
  const exempt = tables.find((table) => isExempt(policies, table));
  if (exempt !== undefined) {
    throw new FirnError('usage', `${exempt} is exempt, so it has no retention times`, {
      operation: 'plan',
      path: exempt,
    });
  }
  const change = (policy: Policy): Policy => ({
    ...policy,
    hotMs: hot ?? policy.hotMs,
    warmMs: warm ?? policy.warmMs,
    coldMs: cold ?? policy.coldMs,
  });
  const changed = [...policies.policies].map(([table, policy]): [string, Policy] => [
    table,
    tables.some((name) => sameWord(name, table)) ? change(policy) : policy,
  ]);
  return { ...policies, policies: new Map(changed) };
}

/** The archive files in the ledger. `name` is a table, a group or a bundle; undefined for all. Changes nothing. */
export async function lookAtFiles(
  stores: Stores,
  name: string | undefined,
  filter: Pick<FileFilter, 'tier' | 'since' | 'until'>,
): Promise<ArchiveFiles> {
  await using opened = await stores.openReading();
  const { reader, archive, policies } = opened;
  const bundle = name !== undefined && parseBundlePath(name) !== null ? name : null;
  const tables =
    name === undefined || bundle !== null
      ? null
      : await resolveTables({ hot: { reader }, archive, dialect: reader.dialect, policies }, [name]);
  return await archiveFiles(opened, { ...filter, tables, bundle });
}

/** What the ledger and the footer say of one archive file. Changes nothing. */
export async function lookAtFile(stores: Stores, segment: string): Promise<FileDetails> {
  await using opened = await stores.openReading();
  return await fileDetails(opened, segment);
}

/** The segment that a name or a path of the archive stands for; null when it is that of no archive file. */
export function segmentOf(name: string): string | null {
  const subject = subjectOf(name);
  return parseSegmentName(subject) === null ? null : subject;
}
