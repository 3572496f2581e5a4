import { type Instant, type Milliseconds, msBetween } from '../../model/instant.ts';
import type { ArchivePlan } from '../../model/policy/archive-plan.ts';
import type { DatabaseLimit } from '../../model/policy/config.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { endOfSpan } from '../../model/policy/span.ts';
import { spanOfPolicy } from '../../model/policy/thresholds.ts';
import type { ArchiveReport, TableReport } from './archive-report.ts';

/** What a run offers to those who let rows leave before their hot time has ended: the ages stand in for every hot time, as `--older-than` does. */
export interface EarlyPasses {
  readonly policies: PolicySet;
  readonly now: Instant;
  /** What the database uses, in bytes, without free pages. */
  usedBytes(): Promise<number>;
  plan(olderThanMs: Milliseconds): Promise<ArchivePlan>;
  archive(olderThanMs: Milliseconds): Promise<ArchiveReport>;
}

/** What left early, and why; nothing where the database is within its limit. */
export interface EarlyLeave {
  readonly reports: readonly ArchiveReport[];
  readonly warning: string | null;
}

/** A pass takes this share of the rows that are thought to be too many, so that no more leave than are needed. */
const CAUTION = 0.8;

/**
 * While the database is larger than its limit, archives the oldest rows that anything but their age lets leave, whole days of all tables at a
 * time: first one day, then as many as what a row freed before promises. Ends when the database is within its limit, when no row may leave, and
 * when a pass does not archive what it planned.
 */
export async function leaveEarly(limit: DatabaseLimit, passes: EarlyPasses): Promise<EarlyLeave> {
  const began = await passes.usedBytes();
  if (began <= limit.bytes) return { reports: [], warning: null };
  const plan = await passes.plan(limit.minHotMs);
  const days = daysOf(plan, passes.policies);
  const reports: ArchiveReport[] = [];
  let [used, left, at, take] = [began, 0, -1, 1];
  while (used > limit.bytes && at < days.length - 1) {
    at = Math.min(days.length - 1, at + take);
    const report = await passes.archive(ageOf(passes.now, days[at]!.end, limit));
    reports.push(report);
    left += report.total;
    if (report.tables.some(({ status }) => status === 'partial' || status === 'error')) break;
    used = await passes.usedBytes();
    take = nextDays(days.slice(at + 1), ((used - limit.bytes) * left) / Math.max(1, began - used), take);
  }
  return { reports, warning: inWords(limit, began, used, left) };
}

/** What a plan says of it: which rows could leave early. Null when the database is within its limit. */
export async function earlyInWords(
  limit: DatabaseLimit,
  passes: Pick<EarlyPasses, 'usedBytes' | 'plan'>,
  planned: number,
): Promise<string | null> {
  const used = await passes.usedBytes();
  if (used <= limit.bytes) return null;
  const { total } = await passes.plan(limit.minHotMs);
  const more = Math.max(0, total - planned);
  return `the database uses ${sized(used)}, more than its limit of ${sized(limit.bytes)} (limits.database): if that is still so when the due rows are archived, the oldest of ${more} more rows leave early, until it is within its limit`;
}

/** The rows that left early, counted with those that left in their time. */
export function withEarly(report: ArchiveReport, { reports, warning }: EarlyLeave): ArchiveReport {
  if (warning === null) return report;
  const tables = report.tables.map((table) =>
    reports.reduce((sum, { tables: more }) => {
      const own = more.find((other) => other.table === table.table);
      return own === undefined || own.records + own.archiveFiles.length === 0 ? sum : plus(sum, own);
    }, table),
  );
  const total = tables.reduce((sum, { records }) => sum + records, 0);
  return { ...report, total, tables, warnings: [...report.warnings, warning] };
}

function plus(table: TableReport, early: TableReport): TableReport {
  const settled = table.status === 'partial' || table.status === 'error';
  return {
    ...table,
    status: settled ? table.status : early.status,
    records: table.records + early.records,
    early: (table.early ?? 0) + early.records,
    kept: { ...table.kept, changed: table.kept.changed + early.kept.changed },
    archiveFiles: [...table.archiveFiles, ...early.archiveFiles],
    bytes: table.bytes + early.bytes,
    rawBytes: table.rawBytes + early.rawBytes,
    durationMs: table.durationMs + early.durationMs,
    ...(early.message === undefined || settled ? {} : { message: early.message }),
  };
}

/** The ends of the days (or weeks, or months) of the rows that may leave, oldest first, and how many rows each has. */
function daysOf(plan: ArchivePlan, policies: PolicySet): readonly { end: Instant; rows: number }[] {
  const byEnd = new Map<Instant, number>();
  for (const { table, steps } of plan.tables) {
    const policy = getPolicy(policies, table);
    for (const { day, rows } of policy === null ? [] : steps) {
      const end = endOfSpan({ day, span: spanOfPolicy(policy!) });
      byEnd.set(end, (byEnd.get(end) ?? 0) + rows);
    }
  }
  return [...byEnd].map(([end, rows]) => ({ end, rows })).sort((a, b) => a.end - b.end);
}

/** How old rows are at the least that are not after this instant, in milliseconds. */
function ageOf(now: Instant, end: Instant, { minHotMs }: DatabaseLimit): Milliseconds {
  return Math.max(minHotMs, msBetween(end, now));
}

/** How many of the following days have about so many rows; where nothing is known of what rows free, twice as many as before. */
function nextDays(days: readonly { readonly rows: number }[], rows: number, before: number): number {
  if (!Number.isFinite(rows)) return before * 2;
  let [sum, count] = [0, 0];
  for (const day of days) {
    if (sum + day.rows > rows * CAUTION) break;
    sum += day.rows;
    count++;
  }
  return Math.max(1, Math.min(count, before * 16));
}

function inWords(limit: DatabaseLimit, began: number, used: number, left: number): string {
  const why = `the database used ${sized(began)}, more than its limit of ${sized(limit.bytes)} (limits.database)`;
  const end =
    used <= limit.bytes
      ? `It uses ${sized(used)} now, without free pages.`
      : `It still uses ${sized(used)}: the remaining rows are younger than min_hot, or something else keeps them.`;
  return `${why}: ${left} rows left before their hot time had ended, the oldest first. ${end}`;
}

function sized(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
