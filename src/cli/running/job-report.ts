import type { JobName } from '../../hot/run-log.ts';
import { skippedConsolidation, skippedPurge } from '../../lifecycle/cleanup/cleanup-report.ts';
import type { JobReport } from '../../operate/jobs/job-work.ts';
import type { JobAttempt, JobMode } from '../../operate/jobs/run-jobs.ts';
import { archiveReportJson } from '../moving/archive-report-text.ts';
import { cleanupReportJson } from '../moving/cleanup-report-text.ts';

/** What a dry run of `firn job` answers, in the contract's shape. */
export function plannedJobJson(mode: JobMode, reports: readonly JobReport[]): object {
  return inMode(mode, reports, (report) => oneJob(report.job, report));
}

/** What `firn job` answers, in the contract's shape, also where a part failed. */
export function jobJson(mode: JobMode, attempts: readonly JobAttempt[]): object {
  return inMode(mode, attempts, (attempt) =>
    attempt.report === null ? failedJob(attempt) : oneJob(attempt.job, attempt.report),
  );
}

function inMode<T extends { readonly job: JobName }>(
  mode: JobMode,
  parts: readonly T[],
  toJson: (part: T) => JobJson,
): object {
  const [first] = parts.map(toJson);
  if (mode !== 'full') return first!;
  const { timestamp, dry_run } = first!;
  return { mode, timestamp, dry_run, ...Object.fromEntries(parts.map((part) => [part.job, toJson(part)])) };
}

interface JobJson {
  readonly mode: JobName;
  readonly timestamp: string;
  readonly dry_run: boolean;
  readonly [key: string]: unknown;
}

function oneJob(mode: JobName, report: JobReport): JobJson {
  const { asOf, dryRun, record } = report;
  const head = { mode, timestamp: asOf, dry_run: dryRun };
  const tail = { outcome: record?.end?.outcome ?? null, message: record?.end?.message ?? null };
  if (report.archive !== null) {
    const { total } = report.archive;
    return { ...head, total_archived: total, ...without(archiveReportJson(report.archive)), ...tail };
  }
  return { ...head, ...without(cleanupReportJson(report.cleanup)), ...tail };
}

/** A job that ended without a report: rows that left all the same are counted, from the ledger. */
function failedJob({ job, record }: JobAttempt): JobJson {
  const { startedAt, end } = record;
  const head = { mode: job, timestamp: startedAt, dry_run: false };
  const tail = { outcome: end?.outcome ?? 'failed', message: end?.message ?? null };
  if (job !== 'monthly') {
    const nothing = { tables: [], warnings: [], reconciled: [] };
    return { ...head, ...{ total_archived: end?.records ?? 0 }, ...nothing, ...tail };
  }
  const nothing = cleanupReportJson({
    ...{ command: 'cleanup', dryRun: false, asOf: startedAt, problems: [], warnings: [], reconciled: [] },
    ...{ consolidation: skippedConsolidation, purge: skippedPurge },
  });
  return { ...head, ...without(nothing), ...tail };
}

/** Without the keys that the job's own head stands for. */
function without(report: object): object {
  const { command: _, dry_run: __, as_of: ___, total: ____, ...rest } = report as Record<string, unknown>;
  return rest;
}
