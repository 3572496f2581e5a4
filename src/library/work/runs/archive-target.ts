import type { ArchiveReport } from '../../../lifecycle/archive/archive-report.ts';
import { planRun, runArchive } from '../../../lifecycle/archive/archive-run.ts';
import type { Progress as TableProgress } from '../../../lifecycle/archive/run-context.ts';
import { requirePairable } from '../../../lifecycle/begin/pairing.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import type { ArchivePlan } from '../../../model/policy/archive-plan.ts';
import { resolveTarget } from '../../../model/policy/policies.ts';
import { archiveFacts, withPaused } from '../../../operate/jobs/archive-facts.ts';
import { jobsCovered } from '../../../operate/jobs/job-tables.ts';
import { recordCommand } from '../../../operate/jobs/record-command.ts';
import type { Stores } from '../../../operate/stores.ts';
import type { OnProgress } from './run-progress.ts';

export interface ArchiveWish {
  /** Instead of the hot time of every policy, in milliseconds. */
  readonly olderThanMs: Milliseconds | null;
  /** Pair this database with an archive of another database. */
  readonly adopt: boolean;
}

export interface ArchiveWork extends ArchiveWish {
  readonly maxRuntimeMs: Milliseconds | null;
  /** Who wants it, for the history. */
  readonly reason: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** What an archive run over `all`, a group or a table would do. Changes nothing. */
export async function planTarget(
  stores: Stores,
  target: string,
  { olderThanMs, adopt }: ArchiveWish,
): Promise<ArchivePlan> {
  resolveTarget(stores.config.policies, target);
  await using opened = await stores.openReading();
  const { reader, archive, clock, policies } = opened;
  if (!adopt) await requirePairable(reader.ledger, archive);
  return await planRun(reader, clock, policies, target, olderThanMs, stores.config.databaseLimit);
}

/** Archives `all`, a group or a table under the run lock, and writes it into the history. */
export async function archiveTarget(
  stores: Stores,
  target: string,
  work: ArchiveWork,
): Promise<ArchiveReport> {
  const { policies, weeklyTables, databaseLimit } = stores.config;
  const tables = resolveTarget(policies, target);
  await using opened = await stores.openWriting('archive');
  const copier = await opened.startCopier();
  const { olderThanMs, adopt, signal, maxRuntimeMs, onProgress, reason } = work;
  const jobs = olderThanMs === null ? jobsCovered(policies, weeklyTables, tables) : [];
  const { result, cause } = await recordCommand(stores, opened, {
    purpose: { command: `archive ${target}`, jobs, reason },
    limits: { signal, maxRuntimeMs },
    run: ({ check: stop }) =>
      runArchive({ ...opened, copier }, policies, target, {
        ...{ olderThanMs, databaseLimit, adopt, stop },
        ...(onProgress === undefined ? {} : { onProgress: tableProgress(onProgress) }),
      }),
    facts: (report, why) => archiveFacts(withPaused(report, why), why, why === null ? 0 : null, true),
  });
  return withPaused(result, cause);
}

/** Tells how far a run is that moves rows of one table and day after the other. */
export function tableProgress(onProgress: OnProgress): (progress: TableProgress) => void {
  return ({ table, day, rows, totalRows, rawBytes }) =>
    onProgress({ doing: `${table} ${day}`, unit: 'rows', done: rows, total: totalRows, bytes: rawBytes });
}
