import type { Copier } from '../../copying/copier.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { keepLake } from '../../lake/keep/keep-lake.ts';
import type { Clock } from '../../model/clock.ts';
import { instantOfMs, type Milliseconds } from '../../model/instant.ts';
import type { ArchivePlan } from '../../model/policy/archive-plan.ts';
import type { DatabaseLimit } from '../../model/policy/config.ts';
import { resolveTarget } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { type Limits, type Stop, stopAt } from '../../model/stop.ts';
import { keepIndex } from '../archived/keep-index.ts';
import { beginRun, type RunStores } from '../begin/begin-run.ts';
import type { OpenAlarm } from '../reconcile/alarm-findings.ts';
import { recordSuspects } from '../reconcile/keep-alarms.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { PartNumbers } from '../segments/part-numbers.ts';
import type { ArchiveReport } from './archive-report.ts';
import { archiveTables } from './archive-tables.ts';
import { endLeases, leaseEndInWords } from './lease-end.ts';
import { type EarlyLeave, type EarlyPasses, earlyInWords, leaveEarly, withEarly } from './leave-early.ts';
import type { Progress } from './run-context.ts';
import { type DueContext, type Surveyed, surveyAndPlan } from './survey-tables.ts';

/** The stores of a run that archives. */
export interface Stores extends RunStores {
  readonly copier: Copier;
}

export interface RunOptions extends Limits {
  /** Stands in for the hot time of every policy, in milliseconds. */
  readonly olderThanMs?: Milliseconds | null;
  /** Pair this database with this archive although they name each other differently. */
  readonly adopt?: boolean;
  /** Above it the oldest rows leave early; not with `olderThanMs`. */
  readonly databaseLimit?: DatabaseLimit | null;
  readonly onProgress?: (progress: Progress) => void;
  /** Asked besides signal and runtime. */
  readonly stop?: Stop;
}

/** Reconciles, plans and archives: the whole of `firn archive`. */
export async function runArchive(
  stores: Stores,
  policies: PolicySet,
  target: string | readonly string[],
  options: RunOptions = {},
): Promise<ArchiveReport> {
  const { store, archive, copier, clock } = stores;
  const targets = tablesOf(policies, target);
  const { now, pacer, paced, stop, reconciled, notes } = await beginRun(
    { ...stores, policies },
    { ...options, stop: stopAt(clock, options) },
  );
  const ended = await endLeases({ store, archive, policies, now, paced }, stop);
  const due: DueContext = {
    policies,
    now,
    olderThanMs: options.olderThanMs ?? null,
    holds: await store.ledger.holds(),
  };
  const parts = await PartNumbers.of(store.ledger, archive);
  const onProgress = options.onProgress ?? ((): void => undefined);
  const planned = (context: DueContext): Promise<Surveyed> => surveyAndPlan(store, copier, context, targets);
  const pass = async (context: DueContext): Promise<ArchiveReport> => {
    const since = await store.version();
    const { plan, bound } = await planned(context);
    const run = { store, archive, copier, clock, pacer, parts, stop, onProgress, bound, since };
    return await archiveTables({ ...run, due: context }, plan, reconciled);
  };
  const inTime = await pass(due);
  const early = await leaveEarlyIfFull(inTime, options, {
    ...{ policies, now, usedBytes: () => store.usedBytes() },
    plan: async (olderThanMs) => (await planned({ ...due, olderThanMs })).plan,
    archive: (olderThanMs) => pass({ ...due, olderThanMs }),
  });
  const report = withEarly(inTime, early);
  const stayed = ended.filter(({ message }) => message !== null).map(({ segment }) => segment);
  const suspects = await recordSuspects({ ledger: store.ledger, archive, clock }, stayed);
  const lake = await keepLake(stores, stop);
  const unwritten = await keepIndex({ ledger: store.ledger, archive }, stop);
  return {
    ...report,
    reconciled: [...report.reconciled, ...suspects.map(alarmStep)],
    warnings: [...notes, ...report.warnings, ...ended.map(leaseEndInWords), ...lake, ...unwritten],
  };
}

function alarmStep({ kind, subject, message }: OpenAlarm): Reconciled {
  return { action: 'alarm', kind, subject, reason: message, records: 0 };
}

/** A person who says what is to leave gets just that, and a run that was stopped goes no further. */
async function leaveEarlyIfFull(
  { tables }: ArchiveReport,
  { databaseLimit = null, olderThanMs = null }: RunOptions,
  passes: EarlyPasses,
): Promise<EarlyLeave> {
  const isStopped = tables.some(({ status }) => status === 'partial');
  if (databaseLimit === null || olderThanMs !== null || isStopped) return { reports: [], warning: null };
  return await leaveEarly(databaseLimit, passes);
}

/** Plans only: the whole of `firn archive --dry-run`, and the library's plan. Changes nothing. */
export async function planRun(
  reader: Pick<
    HotStore,
    'shape' | 'sideEffects' | 'references' | 'survey' | 'surveyBound' | 'dangling' | 'usedBytes'
  > & {
    readonly ledger: Pick<HotStore['ledger'], 'holds'>;
  },
  clock: Pick<Clock, 'now'>,
  policies: PolicySet,
  target: string | readonly string[],
  olderThanMs: Milliseconds | null = null,
  databaseLimit: DatabaseLimit | null = null,
): Promise<ArchivePlan> {
  const due: DueContext = {
    policies,
    now: instantOfMs(clock.now()),
    olderThanMs,
    holds: await reader.ledger.holds(),
    leasesEnd: true,
  };
  const targets = tablesOf(policies, target);
  const planned = async (context: DueContext): Promise<ArchivePlan> =>
    (await surveyAndPlan(reader, reader, context, targets)).plan;
  const plan = await planned(due);
  if (databaseLimit === null || olderThanMs !== null) return plan;
  const early = await earlyInWords(
    databaseLimit,
    { usedBytes: () => reader.usedBytes(), plan: (older) => planned({ ...due, olderThanMs: older }) },
    plan.total,
  );
  return early === null ? plan : { ...plan, warnings: [...plan.warnings, early] };
}

/** A list is of tables, in the order they are to be archived. */
function tablesOf(policies: PolicySet, target: string | readonly string[]): readonly string[] {
  return typeof target === 'string' ? resolveTarget(policies, target) : target;
}
