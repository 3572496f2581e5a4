import type { JobReport } from '../../operate/job-work.ts';
import type { JobMode } from '../../run-job.ts';
import { archiveReportJson } from './archive-report.ts';
import { cleanupReportJson } from './cleanup-report.ts';

/** What `firn job` answers, in the contract's shape. */
export function jobJson(mode: JobMode, reports: readonly JobReport[]): object {
  const [first] = reports;
  if (mode !== 'full') return oneJob(mode, first!);
  const parts = reports.map((report) => [report.job, oneJob(report.job, report)] as const);
  return { mode, timestamp: first!.asOf, dry_run: first!.dryRun, ...Object.fromEntries(parts) };
}

function oneJob(mode: JobMode, report: JobReport): object {
  const { asOf, dryRun, record } = report;
  const head = { mode, timestamp: asOf, dry_run: dryRun };
  const tail = { outcome: record?.end?.outcome ?? null, message: record?.end?.message ?? null };
  if (report.archive !== null) {
    const { total } = report.archive;
    return { ...head, total_archived: total, ...without(archiveReportJson(report.archive)), ...tail };
  }
  return { ...head, ...without(cleanupReportJson(report.cleanup)), ...tail };
}

/** Without the keys that the job's own head stands for. */
function without(report: object): object {
  const { command: _, dry_run: __, as_of: ___, total: ____, ...rest } = report as Record<string, unknown>;
  return rest;
}
