import type { JobName, RunOutcome } from '../../../hot/run-log.ts';
import { skippedConsolidation, skippedPurge } from '../../../lifecycle/cleanup/cleanup-report.ts';
import type { JobReport } from '../../../operate/jobs/job-work.ts';
import type { JobAttempt, JobMode } from '../../../operate/jobs/run-jobs.ts';
import { type ArchiveAnswer, archiveReportJson } from './archive-answer.ts';
import { type CleanupAnswer, cleanupReportJson } from './cleanup-answer.ts';

/** What a job did, or would do: the JSON of `firn job`. With mode `full`, one answer for each of the three jobs. */
export type JobAnswer = ArchiveJobAnswer | CleanupJobAnswer | FullJobAnswer;

/** What a daily or a weekly job did. */
export interface ArchiveJobAnswer extends Pick<ArchiveAnswer, 'tables' | 'warnings' | 'reconciled'> {
  readonly mode: 'daily' | 'weekly';
  /** The one `now` of the job, UTC ISO 8601. */
  readonly timestamp: string;
  readonly dry_run: boolean;
  /** Rows that left the database. */
  readonly total_archived: number;
  /** How the job ended; null in a dry run. */
  readonly outcome: RunOutcome | null;
  /** Why it ended otherwise than `done`; null when there is nothing to say. */
  readonly message: string | null;
}

/** What a monthly job did. */
export interface CleanupJobAnswer
  extends Pick<CleanupAnswer, 'consolidation' | 'purge' | 'problems' | 'warnings' | 'reconciled'> {
  readonly mode: 'monthly';
  /** The one `now` of the job, UTC ISO 8601. */
  readonly timestamp: string;
  readonly dry_run: boolean;
  /** How the job ended; null in a dry run. */
  readonly outcome: RunOutcome | null;
  /** Why it ended otherwise than `done`; null when there is nothing to say. */
  readonly message: string | null;
}

/** What the three jobs of mode `full` did. */
export interface FullJobAnswer {
  readonly mode: 'full';
  /** That of the first job, UTC ISO 8601. */
  readonly timestamp: string;
  readonly dry_run: boolean;
  readonly daily: ArchiveJobAnswer;
  readonly weekly: ArchiveJobAnswer;
  readonly monthly: CleanupJobAnswer;
}

/** The plans of a dry run in the shape of Firn's JSON. @internal */
export function plannedJobJson(mode: JobMode, reports: readonly JobReport[]): JobAnswer {
  return inMode(mode, reports, (report) => oneJob(report.job, report));
}

/** What became of the jobs in the shape of Firn's JSON, also where one failed. @internal */
export function jobJson(mode: JobMode, attempts: readonly JobAttempt[]): JobAnswer {
  return inMode(mode, attempts, (attempt) =>
    attempt.report === null ? failedJob(attempt) : oneJob(attempt.job, attempt.report),
  );
}

function inMode<T extends { readonly job: JobName }>(
  mode: JobMode,
  parts: readonly T[],
  toJson: (part: T) => ArchiveJobAnswer | CleanupJobAnswer,
): JobAnswer {
  const [first] = parts.map(toJson);
  if (mode !== 'full') return first!;
  const { timestamp, dry_run } = first!;
  const answers = Object.fromEntries(parts.map((part) => [part.job, toJson(part)]));
  return { mode, timestamp, dry_run, ...(answers as Pick<FullJobAnswer, JobName>) };
}

function oneJob(mode: JobName, report: JobReport): ArchiveJobAnswer | CleanupJobAnswer {
  const { asOf, dryRun, record } = report;
  const head = { timestamp: asOf, dry_run: dryRun };
  const tail = { outcome: record?.end?.outcome ?? null, message: record?.end?.message ?? null };
  if (report.archive !== null) {
    const { total, tables, warnings, reconciled } = archiveReportJson(report.archive);
    return { mode: archiving(mode), ...head, total_archived: total, tables, warnings, reconciled, ...tail };
  }
  return { mode: 'monthly', ...head, ...withoutHead(cleanupReportJson(report.cleanup)), ...tail };
}

/** A job that ended without a report: rows that left all the same are counted, from the ledger. */
function failedJob({ job, record }: JobAttempt): ArchiveJobAnswer | CleanupJobAnswer {
  const { startedAt, end } = record;
  const head = { timestamp: startedAt, dry_run: false };
  const tail = { outcome: end?.outcome ?? 'failed', message: end?.message ?? null };
  if (job !== 'monthly') {
    const nothing = { tables: [], warnings: [], reconciled: [] };
    return { mode: job, ...head, total_archived: end?.records ?? 0, ...nothing, ...tail };
  }
  const nothing = cleanupReportJson({
    ...{ command: 'cleanup', dryRun: false, asOf: startedAt, problems: [], warnings: [], reconciled: [] },
    ...{ consolidation: skippedConsolidation, purge: skippedPurge },
  });
  return { mode: 'monthly', ...head, ...withoutHead(nothing), ...tail };
}

function archiving(job: JobName): 'daily' | 'weekly' {
  return job === 'weekly' ? 'weekly' : 'daily';
}

/** Without the keys that the job's own head stands for. */
function withoutHead({ consolidation, purge, problems, warnings, reconciled }: CleanupAnswer) {
  return { consolidation, purge, problems, warnings, reconciled };
}
