import { hostname } from 'node:os';
import type { HotReader } from '../../hot/hot-store.ts';
import type { PauseState } from '../../hot/run-log.ts';
import type { LockHolder } from '../../lock/lock-holder.ts';
import { DAY_MS, formatDuration } from '../../model/duration.ts';
import { plural } from '../amounts.ts';
import { isInCrontab } from '../install/install-cron.ts';
import { installedUnits, unitPlace } from '../install/install-systemd.ts';
import { type Backlog, backlogOf } from '../schedule/backlog.ts';
import { jobTimes } from '../schedule/job-schedule.ts';
import { describeOverdue, type JobState } from '../schedule/job-state.ts';
import { activePause, describePause } from '../schedule/pause-state.ts';
import { endingOf, failedLast } from '../status/health.ts';
import { jobStates } from '../status/operating-state.ts';
import type { Stores } from '../stores.ts';
import { type Finding, found, orOk } from './findings/finding.ts';

/** What starts the jobs of this database, as far as it can be seen from here: other users' crontabs cannot. */
export interface Starters {
  readonly cron: boolean;
  readonly systemd: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

async function lookForStarters(database: string, env: Env): Promise<Starters> {
  const system = await installedUnits(database, unitPlace(env, 'root'));
  const own = await installedUnits(database, unitPlace(env, null));
  return { cron: await isInCrontab(database, env), systemd: system.length + own.length > 0 };
}

export interface Running {
  readonly jobs: readonly JobState[];
  readonly pause: PauseState | null;
  readonly backlogs: readonly Backlog[];
  readonly lock: LockHolder | null;
  readonly scheduler: LockHolder | null;
  readonly starters: Starters;
}

export async function lookAtSchedule(
  stores: Stores,
  reader: Pick<HotReader, 'tables'>,
  env: Env,
  now: number,
): Promise<Running> {
  const { config } = stores;
  await using log = await stores.openRunLogReader();
  const runs = await log.runs();
  const { lock, scheduler } = await stores.holders();
  const times = jobTimes(config);
  return {
    ...{ lock, scheduler },
    jobs: jobStates(times, runs, now, lock !== null, await reader.tables(), config),
    pause: activePause(await log.pause(), now),
    backlogs: times.flatMap((job) => backlogOf(job, runs, now) ?? []),
    starters: await lookForStarters(config.database.text, env),
  };
}

export function judgeSchedule(running: Running, now: number): readonly Finding[] {
  const { jobs, pause, backlogs, scheduler, starters } = running;
  const many = [
    ...(scheduler === null ? [] : ['a firn run process']),
    ...(starters.cron ? ['crontab entries'] : []),
    ...(starters.systemd ? ['systemd units'] : []),
  ];
  // One that runs under systemd is its unit.
  const isTwice = many.length > 1 && !(starters.systemd && scheduler !== null && !starters.cron);
  const findings = [
    ...(pause === null ? [] : [found('schedule', 'warning', describePause(pause), { command: ['resume'] })]),
    ...(isTwice
      ? [
          found('schedule', 'warning', `jobs are started more than once: ${many.join(', ')}`, {
            subject: 'installation',
            remedy:
              'Keep one of them. To remove entries: firn schedule cron --uninstall, firn schedule systemd --uninstall',
          }),
        ]
      : []),
    ...jobs.flatMap((job) => judgeJob(job, many.length > 0, now)),
    ...backlogs
      .filter(({ endsAt }) => endsAt === null)
      .map(({ job, rows }) =>
        found(
          'schedule',
          'warning',
          `the ${job} job left ${plural(rows, 'row')}, and the backlog is not shrinking`,
          {
            ...{ subject: job, remedy: 'Increase max_runtime or pace in the configuration.' },
          },
        ),
      ),
  ];
  const last = jobs.map(
    ({ job, lastSuccess }) => `${job} ${lastSuccess?.startedAt.slice(0, 10) ?? 'not due yet'}`,
  );
  return orOk(
    findings,
    'schedule',
    jobs.length === 0 ? 'no job is scheduled' : `last success: ${last.join(', ')}`,
  );
}

function judgeJob(state: JobState, isInstalled: boolean, now: number): readonly Finding[] {
  const { job, overdueSince, lastRun } = state;
  if (overdueSince !== null) {
    const message = describeOverdue(state, now);
    const start = `To run it now: firn job --mode ${job}`;
    const remedy = isInstalled
      ? `Read its log: the timer is installed and does not start it. ${start}`
      : `No timer was found. Install one: firn schedule cron --install. ${start}`;
    return [found('schedule', 'problem', message, { subject: job, remedy, command: ['job', '--mode', job] })];
  }
  if (!failedLast(state)) return [];
  return [
    found('schedule', 'warning', `the last ${job} job ${endingOf(lastRun!)}`, {
      ...{ subject: job, command: ['job', '--mode', job] },
      remedy: `Fix the problem in the message, then run: firn job --mode ${job}`,
    }),
  ];
}

/** No run takes longer: `max_runtime` of most is hours. */
const LONG_MS = DAY_MS;

export function judgeLock({ lock }: Running, now: number): readonly Finding[] {
  if (lock === null) return [found('lock', 'ok', 'no run is in progress')];
  const { command, pid, host, since } = lock;
  const ms = now - Date.parse(since);
  const message = `${command} (process ${pid} on ${host}) holds the lock for ${formatDuration(Math.max(0, ms))}`;
  if (ms < LONG_MS) return [found('lock', 'note', message)];
  const where = host === hostname() ? '' : ` on ${host}`;
  const remedy = `Check what process ${pid}${where} does. It stops at its next step after: kill -TERM ${pid}`;
  return [found('lock', 'warning', message, { remedy })];
}
