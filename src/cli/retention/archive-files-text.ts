import type { ArchiveFile, ArchiveFiles } from '../../lifecycle/report/archive-files.ts';
import { fileTotals } from '../../lifecycle/report/file-totals.ts';
import { acknowledgedLines } from '../keeping/alarms.ts';
import { formatBytes, formatCount, formatRatio, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'FILE' },
  { title: 'TIER' },
  { title: 'ROWS', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'RATIO', align: 'right' },
  { title: 'VERIFIED' },
];

/**
 * Archive files, one a line, for people.
 * @param limit the most files; null for all.
 */
export function renderArchiveFiles(
  found: ArchiveFiles,
  limit: number | null,
  style: Style,
  width?: number,
): string {
  const { files, acknowledged, asOf } = found;
  const shown = files.slice(0, limit ?? files.length);
  const { files: segments, rows, bytes, rawBytes } = fileTotals(files);
  const size = `${formatBytes(bytes)} (${formatBytes(rawBytes)} uncompressed)`;
  const lines = [
    `${style.heading('Archive files:')} ${plural(segments, 'file')}, ${plural(rows, 'row')}${rows === 0 ? '' : `, ${size}`}`,
  ];
  if (shown.length > 0) {
    const table = shown.map((file) => fileRow(file, style));
    lines.push('', renderTable(COLUMNS, table, style, width));
  }
  const more = files.length - shown.length;
  if (more > 0)
    lines.push(`  ${style.faint(`and ${plural(more, 'older file')}. Pass --limit to show more.`)}`);
  if (acknowledged.length > 0) lines.push('', ...acknowledgedLines(acknowledged));
  return [...lines, '', style.faint(`As of ${asOf}`)].join('\n');
}

function fileRow(file: ArchiveFile, style: Style): string[] {
  const { segment, tier, rows, bytes, rawBytes } = file;
  return [
    segment,
    tier,
    formatCount(rows),
    formatBytes(bytes),
    formatRatio(rawBytes, bytes),
    verifiedText(file, style),
  ];
}

/** When a file was last verified, or that something is wrong with it. */
function verifiedText({ alarm, provedAt }: Pick<ArchiveFile, 'alarm' | 'provedAt'>, style: Style): string {
  if (alarm !== null) return alarm.acknowledged ? style.warning('acknowledged') : style.bad('ALARM');
  return provedAt === null ? '–' : provedAt.slice(0, 'YYYY-MM-DD'.length);
}
