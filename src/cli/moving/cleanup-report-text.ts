import type {
  CleanupReport,
  CleanupStatus,
  ConsolidationReport,
  PurgeReport,
} from '../../lifecycle/cleanup/cleanup-report.ts';
import { formatBytes, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';

/** What a cleanup did, for people. */
export function renderCleanupReport(report: CleanupReport, style: Style): string {
  const { consolidation, purge, problems } = report;
  const lines = [
    `${style.heading('Cleanup Results:')} ${style.faint(`as of ${report.asOf}`)}`,
    `  ${style.name('to cold')}  ${consolidated(consolidation)}${unfinished(consolidation.status, style)}`,
    `  ${style.name('purged')}   ${purged(purge)}${unfinished(purge.status, style)}`,
    ...keptLines(consolidation, purge),
  ];
  const failed = problems.filter(({ stopped }) => !stopped);
  if (failed.length > 0) {
    lines.push('', style.bad(`${plural(failed.length, 'file')} could not be processed:`));
    lines.push(...failed.map(({ path, message }) => `  ${path}: ${message}`));
  }
  const stop = problems.find(({ stopped }) => stopped);
  if (stop !== undefined)
    lines.push('', style.warning(`Stopped before ${stop.path}: ${stop.message}. The next run continues.`));
  return lines.join('\n');
}

function consolidated({ status, segments, rows, bytes, bundles }: ConsolidationReport): string {
  if (status === 'skipped') return 'skipped';
  if (segments === 0) return status === 'partial' ? 'nothing moved' : 'nothing to do';
  const what = `${plural(segments, 'segment')} (${plural(rows, 'row')}, ${formatBytes(bytes)})`;
  return `${what} into ${plural(bundles.length, 'bundle')}`;
}

function purged({ status, segments, rows, bytes, files }: PurgeReport): string {
  if (status === 'skipped') return 'skipped';
  if (segments === 0) return status === 'partial' ? 'nothing purged' : 'nothing to do';
  const what = `${plural(rows, 'row')} in ${plural(segments, 'segment')}, ${formatBytes(bytes)}`;
  return `${what}, of ${plural(files.length, 'file')}`;
}

function unfinished(status: CleanupStatus, style: Style): string {
  return status === 'partial' ? `  ${style.warning('incomplete')}` : '';
}

/** What stays although its time has come, and why. */
export function keptLines(
  ...halves: readonly { readonly kept: readonly { segment: string; reason: string }[] }[]
): string[] {
  const kept = new Map(halves.flatMap((half) => half.kept.map((one) => [one.segment, one.reason] as const)));
  if (kept.size === 0) return [];
  const lines = [...kept].map(([segment, reason]) => `    ${segment}: ${reason}`);
  return [`  ${plural(kept.size, 'segment')} past the retention time, not moved or purged:`, ...lines];
}
