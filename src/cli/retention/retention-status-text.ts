import type { CountName, TableStats } from '../../hot/hot-stats.ts';
import { dueRows, type Overdue } from '../../lifecycle/report/status-overdue.ts';
import type { TierStatus } from '../../lifecycle/report/status-tiers.ts';
import type { RetentionStatus, TableStatus } from '../../lifecycle/report/tier-report.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { addressIn } from '../../model/location.ts';
import { acknowledgedLines } from '../keeping/alarms.ts';
import { formatBytes, formatCount, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { wrapText } from '../terminal/text.ts';

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'TOTAL', align: 'right' },
  { title: 'HOT', align: 'right' },
  { title: 'STALE', align: 'right' },
  { title: 'OPEN', align: 'right' },
  { title: 'OLDEST' },
  { title: 'NEWEST' },
  { title: 'HOT TIME', align: 'right' },
];

/** Narrower than this, the newest day gives way to the names. */
const ROOMY = 96;
const NEWEST = COLUMNS.findIndex(({ title }) => title === 'NEWEST');

/** What is where, for people. */
export function renderRetentionStatus(status: RetentionStatus, style: Style, width?: number): string {
  const { warm, cold } = status;
  return [
    `${style.heading('HOT STORAGE')}  ${style.faint(status.file.path)}`,
    `  ${fileLine(status)}`,
    ...(status.database.length === 0
      ? []
      : [
          '',
          renderTable(
            narrowed(COLUMNS, width),
            status.database.map((table) => narrowed(tableRow(table, style), width)),
            style,
            width,
          ),
        ]),
    ...hotNotes(status, style),
    '',
    `${style.heading('WARM ARCHIVE')}  ${style.faint(placeOf(status, 'warm'))}`,
    `  ${tierLine(warm, 'segment')}`,
    ...(warm.eligibleForCold > 0
      ? [
          `  ${plural(warm.eligibleForCold, 'segment')} ready to move to cold: ${style.name('firn cleanup archives')}`,
        ]
      : []),
    '',
    `${style.heading('COLD ARCHIVE')}  ${style.faint(placeOf(status, 'cold'))}`,
    `  ${tierLine(cold, 'bundle')}`,
    ...verdict(status, style),
    '',
    style.faint(`As of ${status.asOf}`),
  ].join('\n');
}

/** Where each tier has its own location, its folder in it says nothing. */
function placeOf({ warm, cold }: RetentionStatus, tier: 'warm' | 'cold'): string {
  return warm.location === cold.location ? addressIn(warm.location, tier) : { warm, cold }[tier].location;
}

function narrowed<T>(cells: readonly T[], width = 80): readonly T[] {
  return width < ROOMY ? cells.filter((_, at) => at !== NEWEST) : cells;
}

function fileLine({ file }: RetentionStatus): string {
  const free = file.freePages * file.pageBytes;
  const parts = [formatBytes(file.bytes), `${formatBytes(free)} free`];
  if (file.walBytes > 0) parts.push(`write-ahead log ${formatBytes(file.walBytes)}`);
  return parts.join(', ');
}

function tableRow({ table, stats, policy }: TableStatus, style: Style): string[] {
  const { total, oldest, newest } = stats;
  const due = dueRows(policy, stats);
  const stale = counted(stats, 'stale');
  return [
    table,
    formatCount(total),
    counted(stats, 'hot'),
    due === null ? stale : style.warning(stale),
    counted(stats, 'open'),
    day(oldest),
    day(newest),
    formatDuration(policy.hotMs),
  ];
}

/** A count, marked with ~ unless it is exact. */
function counted(stats: TableStats, name: CountName): string {
  return `${isExact(stats, name) ? '' : '~'}${formatCount(stats[name])}`;
}

function isExact({ bounds }: TableStats, name: CountName): boolean {
  return bounds === null || bounds[name].atLeast === bounds[name].atMost;
}

function rowsOf(stats: TableStats, name: CountName): string {
  return `${isExact(stats, name) ? '' : '~'}${plural(stats[name], 'row')}`;
}

function day(instant: Instant | null): string {
  return instant === null ? '–' : formatInstant(instant).slice(0, 10);
}

function hotNotes(
  { database, missing, unreadable, unmanaged, withoutPolicy }: RetentionStatus,
  style: Style,
): string[] {
  const lines: string[] = [];
  const due = database.reduce((sum, { policy, stats }) => sum + (dueRows(policy, stats)?.rows ?? 0), 0);
  const about = database.every(({ stats }) => isExact(stats, 'due')) ? '' : '~';
  if (due > 0)
    lines.push(`  ${about}${plural(due, 'row')} older than the hot time: ${style.name('firn archive all')}`);
  for (const { table, stats } of database) {
    if (stats.undated > 0)
      lines.push(
        `  ${table}: ${rowsOf(stats, 'undated')} with a missing or invalid timestamp${stats.timeHint === null ? '' : ` (${stats.timeHint})`}`,
      );
    if (stats.sentinel > 0)
      lines.push(`  ${table}: ${rowsOf(stats, 'sentinel')} with a placeholder timestamp`);
    if (stats.future > 0)
      lines.push(`  ${table}: ${rowsOf(stats, 'future')} with a timestamp after tomorrow`);
    if (stats.held > 0) lines.push(`  ${table}: ${rowsOf(stats, 'held')} held`);
    if (stats.leased > 0) lines.push(`  ${table}: ${rowsOf(stats, 'leased')} leased (restored temporarily)`);
    if (stats.referenced)
      lines.push(`  ${table}: ${plural(stats.referenced, 'row')} referenced by remaining rows`);
    if (stats.withUnit)
      lines.push(`  ${table}: ${plural(stats.withUnit, 'row')} stay with another row of their unit`);
    if (stats.orphans) lines.push(`  ${table}: ${plural(stats.orphans, 'row')} without a parent row`);
    if (stats.lastId > 0)
      lines.push(`  ${table}: 1 row stays: it has the highest id, and SQLite would assign that id again`);
  }
  if (database.some(({ stats }) => stats.estimated)) {
    lines.push(
      `  ${style.faint('~ estimate: the table is too large to be counted in full (see --json for the bounds)')}`,
    );
  }
  for (const { table, message } of unreadable) lines.push(`  ${style.bad(table)}: ${message}`);
  if (missing.length > 0) lines.push(...paragraph(`Not in this database: ${missing.join(', ')}`));
  if (unmanaged.length > 0) {
    lines.push(...paragraph(`Not managed (no policy): ${unmanaged.join(', ')}`));
  }
  if (withoutPolicy.length > 0) {
    const named = withoutPolicy.map(({ table, rows }) => `${table} (${plural(rows, 'row')})`).join(', ');
    lines.push(...paragraph(`Archived rows kept (no policy): ${named}`));
  }
  return lines.length === 0 ? [] : ['', ...lines];
}

function paragraph(text: string): string[] {
  return wrapText(text, 76).map((line) => `  ${line}`);
}

function tierLine({ away, files, bytes, oldest, newest }: TierStatus, what: string): string {
  if (away !== null) return `location away; the ledger lists ${plural(files, what)}, ${formatBytes(bytes)}`;
  if (files === 0) return 'no files';
  return `${plural(files, what)}, ${formatBytes(bytes)}${oldest === null ? '' : `, rows from ${oldest} to ${newest}`}`;
}

const LATE: Readonly<Record<Overdue['what'], string>> = {
  archive: 'to archive',
  consolidate: 'to move to cold',
  purge: 'to purge',
};

function verdict({ overdue, alarms, acknowledged, unfinished }: RetentionStatus, style: Style): string[] {
  const lines: string[] = [];
  for (const { table, what, rows, since } of overdue) {
    lines.push(
      `  ${style.warning('overdue')} ${table}: ${plural(rows, 'row')} ${LATE[what]} since ${since.slice(0, 10)}`,
    );
  }
  for (const { subject, reason } of alarms) lines.push(`  ${style.bad('alarm')} ${subject}: ${reason}`);
  lines.push(...acknowledgedLines(acknowledged));
  if (unfinished.length > 0) {
    lines.push(
      `  ${plural(unfinished.length, 'step')} of an interrupted run not complete; the next run completes the work`,
    );
  }
  return lines.length === 0 ? [] : ['', ...lines];
}
