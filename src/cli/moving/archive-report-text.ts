import type { ArchiveReport, TableReport, TableStatus } from '../../lifecycle/archive/archive-report.ts';
import { isRepair, type Reconciled } from '../../lifecycle/reconcile/reconcile-plan.ts';
import { sumOfKept } from '../../model/policy/archive-plan.ts';
import { formatBytes, formatCount, formatElapsed, formatRatio, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { wrapText } from '../terminal/text.ts';
import { withoutTime } from './odd-times-text.ts';

const WORDS: Readonly<Record<TableStatus, string>> = {
  archived: 'archived',
  dry_run: 'to archive',
  no_records: 'no old rows',
  exempt: 'exempt',
  no_policy: 'no policy',
  missing_table: 'missing',
  paused: 'paused',
  partial: 'partial',
  error: 'failed',
};

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'RECORDS', align: 'right' },
  { title: 'KEPT', align: 'right' },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'RATIO', align: 'right' },
  { title: 'TIME', align: 'right' },
  { title: '' },
];

function keptRows({ kept }: TableReport): number {
  return kept.changed + sumOfKept(kept);
}

function statusWord(status: TableStatus, style: Style): string {
  if (status === 'archived' || status === 'dry_run') return style.good(WORDS[status]);
  if (status === 'error') return style.bad(WORDS[status]);
  return status === 'partial' || status === 'missing_table' || status === 'paused'
    ? style.warning(WORDS[status])
    : style.faint(WORDS[status]);
}

function tableRow(table: TableReport, style: Style): string[] {
  const idle = table.archiveFiles.length === 0;
  return [
    table.table,
    formatCount(table.records),
    formatCount(keptRows(table)),
    idle ? '–' : formatCount(table.archiveFiles.length),
    idle ? '–' : formatBytes(table.bytes),
    idle ? '–' : formatRatio(table.rawBytes, table.bytes),
    idle ? '–' : formatElapsed(table.durationMs),
    statusWord(table.status, style),
  ];
}

/** What an archive run did, for people. */
export function renderArchiveReport(report: ArchiveReport, style: Style, width?: number): string {
  const lines = [
    ...repairs(report, style),
    `${style.heading('Archive Results:')} ${style.faint(`as of ${report.asOf}`)}`,
    '',
    renderTable(
      COLUMNS,
      report.tables.map((table) => tableRow(table, style)),
      style,
      width,
    ),
    ...remarks(report.tables),
    '',
    totalLine(report, style),
  ];
  return lines.join('\n');
}

/** Everything that is not plain success, in words: what is said of several tables is said once. */
function remarks(tables: readonly TableReport[]): string[] {
  const saidOf = new Map<string, string[]>();
  for (const table of tables) {
    for (const words of [...whyKept(table), ...(worthSaying(table) ? [table.message ?? ''] : [])]) {
      saidOf.set(words, [...(saidOf.get(words) ?? []), table.table]);
    }
  }
  const lines = [...saidOf].flatMap(([words, names]) => wrapText(`${names.join(', ')}: ${words}`, 76));
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `  ${line}`)];
}

/** What an earlier run had left, and what became of it. */
function repairs({ reconciled }: ArchiveReport, style: Style): string[] {
  const told = ({ action, subject, reason, records }: Reconciled): string => {
    const word = action === 'alarm' ? style.bad('ALARM') : action;
    return `  ${word} ${subject}: ${reason}${records > 0 ? ` (${plural(records, 'record')})` : ''}`;
  };
  const section = (title: string, steps: readonly Reconciled[]): string[] =>
    steps.length === 0 ? [] : [style.heading(title), ...steps.map(told), ''];
  return [
    ...section('Completed from an earlier run:', reconciled.filter(isRepair)),
    ...section(
      'Found, not changed:',
      reconciled.filter((step) => !isRepair(step)),
    ),
  ];
}

function worthSaying({ status, message }: TableReport): boolean {
  return message !== undefined && status !== 'no_records';
}

function whyKept({ kept, undated, oddTimes, early = 0 }: TableReport): string[] {
  const reasons = [
    kept.open > 0 ? `${formatCount(kept.open)} unfinished` : '',
    kept.held > 0 ? `${formatCount(kept.held)} held` : '',
    kept.leased > 0 ? `${formatCount(kept.leased)} leased` : '',
    kept.lastId > 0 ? `${formatCount(kept.lastId)} with the highest id (SQLite would assign it again)` : '',
    kept.rule > 0 ? `${formatCount(kept.rule)} by hot_rules` : '',
    kept.keepLast > 0 ? `${formatCount(kept.keepLast)} among the newest (keep_last)` : '',
    (kept.referenced ?? 0) > 0 ? `${formatCount(kept.referenced!)} referenced by remaining rows` : '',
    (kept.withUnit ?? 0) > 0 ? `${formatCount(kept.withUnit!)} with another row of their unit` : '',
    kept.changed > 0 ? `${formatCount(kept.changed)} changed during the run` : '',
  ].filter((reason) => reason !== '');
  const stayed = reasons.length === 0 ? [] : [`kept ${reasons.join(', ')}`];
  if (early > 0) stayed.push(`${plural(early, 'row')} left early (limits.database)`);
  return [...stayed, ...withoutTime(undated, oddTimes)];
}

function totalLine({ total, tables, dryRun }: ArchiveReport, style: Style): string {
  const line = style.heading(`Total: ${total} records`);
  const files = tables.reduce((sum, table) => sum + table.archiveFiles.length, 0);
  if (dryRun || files === 0) return line;
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  const rawBytes = tables.reduce((sum, table) => sum + table.rawBytes, 0);
  const ms = tables.reduce((sum, table) => sum + table.durationMs, 0);
  const pace = ms === 0 ? '' : `, ${formatCount((total / ms) * 1000)} rows/s`;
  const sizes = `${formatBytes(bytes)} (${formatBytes(rawBytes)} raw)`;
  return `${line} in ${plural(files, 'file')}, ${sizes}, ${formatElapsed(ms)}${pace}`;
}
