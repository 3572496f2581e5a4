import { DAY_MS, formatDuration } from '../../model/duration.ts';
import type { Policy } from '../../model/policy.ts';
import { formatBytes, formatCount, plural } from './quantity.ts';
import type { Style } from './style.ts';
import { type ColumnLayout, renderTable } from './table.ts';

/** Where the rows of one table are. Null counts belong to a table that the database lacks. */
export interface TableCensus {
  readonly table: string;
  readonly policy: Policy;
  readonly total: number | null;
  /** Younger than the hot time. */
  readonly hot: number;
  /** Past the hot time and still here, though younger than hot + warm. */
  readonly warm: number;
  /** Past the hot time and still here: total − hot. */
  readonly stale: number;
  readonly undated: number;
  readonly open: number;
  /** UTC ISO 8601. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

export interface TierCensus {
  readonly files: number;
  readonly bytes: number;
  /** Event days. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

export interface RetentionStatus {
  readonly asOf: string;
  readonly database: readonly TableCensus[];
  /** Tables with a time column that no policy names. */
  readonly unmanaged: readonly string[];
  readonly warm: TierCensus & { readonly eligibleForCold: number };
  readonly cold: TierCensus;
}

const COLUMNS: readonly ColumnLayout[] = [
  { title: 'TABLE' },
  { title: 'TOTAL', align: 'right' },
  { title: 'HOT', align: 'right' },
  { title: 'STALE', align: 'right' },
  { title: 'OPEN', align: 'right' },
  { title: 'OLDEST' },
  { title: 'NEWEST' },
  { title: 'KEPT', align: 'right' },
];

/** What is where, for people. */
export function renderRetentionStatus(
  status: RetentionStatus,
  places: { readonly database: string; readonly archives: string },
  style: Style,
  width?: number,
): string {
  const there = status.database.filter(({ total }) => total !== null);
  const lines = [
    `${style.heading('HOT STORAGE')}  ${style.faint(places.database)}`,
    renderTable(
      COLUMNS,
      there.map((table) => tableRow(table, style)),
      style,
      width,
    ),
    ...hotNotes(status, style),
    '',
    `${style.heading('WARM ARCHIVE')}  ${style.faint(`${places.archives}/warm`)}`,
    `  ${tierLine(status.warm)}`,
  ];
  if (status.warm.eligibleForCold > 0) {
    lines.push(`  ${plural(status.warm.eligibleForCold, 'file')} may move to cold`);
  }
  lines.push(
    '',
    `${style.heading('COLD ARCHIVE')}  ${style.faint(`${places.archives}/cold`)}`,
    `  ${tierLine(status.cold)}`,
    '',
    style.faint(`As of ${status.asOf}`),
  );
  return lines.join('\n');
}

function tableRow(census: TableCensus, style: Style): string[] {
  const { table, total, hot, stale, open, oldest, newest, policy } = census;
  return [
    table,
    formatCount(total ?? 0),
    formatCount(hot),
    stale > open ? style.warning(formatCount(stale)) : formatCount(stale),
    formatCount(open),
    day(oldest),
    day(newest),
    formatDuration(policy.hotMs),
  ];
}

function day(instant: string | null): string {
  return instant?.slice(0, 10) ?? '–';
}

function hotNotes({ database, unmanaged }: RetentionStatus, style: Style): string[] {
  const lines: string[] = [];
  const overdue = database.reduce(
    (sum, { stale, open, undated }) => sum + Math.max(0, stale - open - undated),
    0,
  );
  if (overdue > 0) {
    const rows = plural(overdue, 'row');
    lines.push(
      `  ${style.warning(`${rows} past the hot time`)}: ${style.name('firn archive all')} moves them`,
    );
  }
  for (const { table, undated } of database) {
    if (undated > 0) lines.push(`  ${table}: ${plural(undated, 'row')} without an intelligible time`);
  }
  const missing = database.filter(({ total }) => total === null).map(({ table }) => table);
  if (missing.length > 0) lines.push(`  Not in this database: ${missing.join(', ')}`);
  if (unmanaged.length > 0) lines.push(`  Without a policy, and so left alone: ${unmanaged.join(', ')}`);
  return lines.length === 0 ? [] : ['', ...lines];
}

function tierLine({ files, bytes, oldest, newest }: TierCensus): string {
  if (files === 0) return 'nothing yet';
  return `${plural(files, 'file')}, ${formatBytes(bytes)}, from ${oldest} to ${newest}`;
}

/** The same in the contract's shape. */
export function retentionStatusJson({ asOf, database, unmanaged, warm, cold }: RetentionStatus): object {
  return {
    as_of: asOf,
    database: database.map(({ table, policy, ...counts }) => ({
      table,
      ...counts,
      policy: {
        hot_days: policy.hotMs / DAY_MS,
        warm_days: policy.warmMs / DAY_MS,
        cold_days: policy.coldMs / DAY_MS,
      },
    })),
    unmanaged,
    archives: {
      warm: { ...tierJson(warm), eligible_for_cold: warm.eligibleForCold },
      cold: tierJson(cold),
    },
  };
}

function tierJson({ files, bytes, oldest, newest }: TierCensus): object {
  return {
    total_files: files,
    total_size_bytes: bytes,
    total_size_mb: Math.round(bytes / 10_000) / 100,
    oldest,
    newest,
  };
}
