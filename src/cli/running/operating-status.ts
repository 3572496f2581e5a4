import { BY_TIMER } from '../../operate/schedule/job-schedule.ts';
import type { JobState } from '../../operate/schedule/job-state.ts';
import { describePause } from '../../operate/schedule/pause-state.ts';
import type { OperatingStatus, TierSize } from '../../operate/status/operating-state.ts';
import { schedulerState } from '../../operate/status/status-json.ts';
import { acknowledgedLines } from '../keeping/alarms.ts';
import { formatBytes, formatCount, formatElapsed, plural } from '../terminal/quantity.ts';
import type { Style } from '../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../terminal/table.ts';
import { minute, outcomeText } from './run-words.ts';

const JOBS: readonly ColumnLayout[] = [
  { title: 'JOB' },
  { title: 'LAST RUN' },
  { title: 'RESULT' },
  { title: 'ROWS', align: 'right' },
  { title: 'TOOK', align: 'right' },
  { title: 'NEXT' },
  { title: '' },
];

/** How the operation stands, for people: health in one line, then what it rests on. */
export function renderStatus(status: OperatingStatus, style: Style, width?: number): string {
  const { asOf, health, jobs, lock, pause, sizes, warm, cold } = status;
  const paint = { ok: style.good, attention: style.warning, alarm: style.bad }[health.level];
  const lines = [
    `${style.heading('Health')}     ${paint(health.line)}`,
    `${style.heading('Scheduler')}  ${schedulerState(status)} (${schedulerLine(status)})`,
    `${style.heading('Lock')}       ${lock === null ? 'free' : `${lock.command} (process ${lock.pid}, since ${minute(lock.since)})`}`,
  ];
  if (pause !== null) lines.push(`${style.heading('Pause')}      ${style.warning(describePause(pause))}`);
  lines.push(
    '',
    renderTable(
      JOBS,
      jobs.map((job) => jobRow(job, style)),
      style,
      width,
    ),
    ...alarmLines(status, style),
    ...backlogLines(status),
    ...tableLines(status, style),
    '',
    `${style.heading('Database')}   ${formatBytes(sizes.databaseBytes)}${sizes.walBytes === 0 ? '' : `, write-ahead log ${formatBytes(sizes.walBytes)}`}`,
    `${style.heading('Warm')}       ${tierLine(warm, status)}`,
    `${style.heading('Cold')}       ${tierLine(cold, status)}`,
    '',
    style.faint(`As of ${asOf}`),
  );
  return lines.join('\n');
}

/** Timers are seen by what they started: asking cron and systemd would show only those of the user who asks. */
function schedulerLine({ scheduler, jobs }: OperatingStatus): string {
  if (scheduler !== null) return `process ${scheduler.pid}, since ${minute(scheduler.since)}`;
  const timed = jobs
    .flatMap(({ lastRun }) => (lastRun?.reason === BY_TIMER ? [lastRun] : []))
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0];
  return timed === undefined
    ? 'no firn run process, and no timer has started a job yet'
    : `no firn run process; a timer started ${timed.command} ${minute(timed.startedAt)}`;
}

function jobRow({ job, running, lastRun, nextStart, overdueSince }: JobState, style: Style): string[] {
  return [
    job,
    lastRun === null ? 'never' : minute(lastRun.startedAt),
    running ? 'running' : lastRun === null ? '–' : outcomeText(lastRun.end?.outcome ?? 'died', style),
    lastRun?.end == null ? '–' : formatCount(lastRun.end.records),
    lastRun?.end == null ? '–' : formatElapsed(lastRun.end.durationMs),
    nextStart === null ? 'never' : minute(new Date(nextStart).toISOString()),
    overdueSince === null ? '' : style.warning('overdue'),
  ];
}

function alarmLines({ alarms, acknowledged }: OperatingStatus, style: Style): string[] {
  const lines = [
    ...alarms.map((alarm) => `  ${style.bad('alarm')} ${alarm}`),
    ...acknowledgedLines(acknowledged),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

function backlogLines({ backlogs }: OperatingStatus): string[] {
  const lines = backlogs.map(({ job, rows, endsAt }) => {
    const end = endsAt === null ? 'not shrinking' : `done by ${new Date(endsAt).toISOString().slice(0, 10)}`;
    return `  ${job} left ${plural(rows, 'row')} for the next runs: ${end}`;
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function tableLines({ tables }: OperatingStatus, style: Style): string[] {
  const lines = tables.flatMap(({ table, due, dueBound, behindMs, overdue, problem, undated }) => {
    if (problem !== null) return [`  ${table}: ${style.bad(problem)}`];
    const late =
      due > 0
        ? `${about(dueBound)}${plural(due, 'row')} to archive, up to ${formatElapsed(behindMs)} late`
        : '';
    const lost = undated > 0 ? `${plural(undated, 'row')} with a missing or invalid timestamp` : '';
    const words = [overdue ? style.warning(late) : late, lost].filter((word) => word !== '').join('; ');
    return words === '' ? [] : [`  ${table}: ${words}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function about(bound: { readonly atLeast: number; readonly atMost: number } | null): string {
  return bound === null || bound.atLeast === bound.atMost ? '' : '~';
}

/** The location is named where each tier has its own, and on S3. */
function tierLine(tier: TierSize, { warm, cold }: OperatingStatus): string {
  const isNamed = warm.location !== cold.location || tier.location.startsWith('s3:');
  const place = isNamed ? `  ${tier.location}` : '';
  return `${contentLine(tier)}${place}`;
}

function contentLine({ away, files, rows, bytes }: TierSize): string {
  if (away !== null) return `location away; the ledger lists ${plural(rows, 'row')}, ${formatBytes(bytes)}`;
  return files === 0
    ? 'no files'
    : `${plural(rows, 'row')} in ${plural(files, 'file')}, ${formatBytes(bytes)}`;
}
