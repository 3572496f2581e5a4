import { cleanupSteps } from '../../library/answers/moving/cleanup-answer.ts';
import type { CleanupPlan } from '../../lifecycle/cleanup/cleanup-plan.ts';
import type { SegmentStep } from '../../lifecycle/cleanup/cleanup-steps.ts';
import { formatBytes, formatCount, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { keptLines } from './cleanup-report-text.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'FILE' },
  { title: 'SEGMENTS', align: 'right' },
  { title: 'ROWS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'WHY' },
];

/** What a cleanup would do, for people: each file with the reasons; with every segment when asked for. */
export function renderCleanupPlan(
  plan: CleanupPlan,
  style: Style,
  { steps = false, width = 80 }: { readonly steps?: boolean; readonly width?: number } = {},
): string {
  const { consolidation, purge } = plan;
  const moves = (consolidation?.months ?? []).map(({ bundle, segments }) => row(bundle, segments));
  const goes = (purge?.files ?? []).map(({ path, segments }) => row(path, segments));
  const lines = [
    `${style.warning('DRY RUN')}: nothing is changed. ${style.faint(`As of ${plan.asOf}`)}`,
    '',
    style.heading('Cleanup Results:'),
    '',
    `  ${style.name('would move to cold')}: ${half(consolidation)}`,
    ...(moves.length === 0 ? [] : [renderTable(COLUMNS, moves, style, width), '']),
    `  ${style.name('would be purged')}: ${half(purge)}`,
    ...(goes.length === 0 ? [] : [renderTable(COLUMNS, goes, style, width)]),
    ...keptLines(consolidation ?? { kept: [] }, purge ?? { kept: [] }),
  ];
  if (steps) {
    lines.push(
      '',
      ...cleanupSteps(plan).map(
        ({ action, segment, reason }) => `  ${action} ${style.name(segment)}: ${reason}`,
      ),
    );
  }
  if (purge?.needsConsent != null)
    lines.push('', `  ${style.warning(purge.needsConsent)}. Pass --yes to allow it.`);
  return lines.join('\n');
}

function half(sums: { segments: number; rows: number; bytes: number } | null): string {
  if (sums === null) return 'skipped';
  if (sums.segments === 0) return 'nothing';
  return `${plural(sums.segments, 'segment')}, ${plural(sums.rows, 'row')}, ${formatBytes(sums.bytes)}`;
}

function row(path: string, segments: readonly SegmentStep[]): string[] {
  const reasons = [...new Set(segments.map(({ reason }) => reason))];
  return [
    path,
    formatCount(segments.length),
    formatCount(segments.reduce((sum, { rows }) => sum + rows, 0)),
    formatBytes(segments.reduce((sum, { bytes }) => sum + bytes, 0)),
    reasons.join('; '),
  ];
}
