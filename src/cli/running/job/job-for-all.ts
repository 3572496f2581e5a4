import type { FleetConfig } from '../../../config/fleet-config.ts';
import type { RunRecord } from '../../../hot/run-log.ts';
import type { FirnError } from '../../../model/errors.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { fileLocation } from '../../../model/location.ts';
import { alarmFailure } from '../../../operate/alarms/job-alarms.ts';
import { JOBS_OF } from '../../../operate/jobs/run-jobs.ts';
import { jobTimes } from '../../../operate/schedule/job-schedule.ts';
import { jobState } from '../../../operate/schedule/job-state.ts';
import { quietUntil } from '../../../operate/schedule/quiet-hours.ts';
import type { Member } from '../../../stores/fleet/fleet-member.ts';
import { IdleMembers } from '../../../stores/fleet/idle-members.ts';
import { type Fleet, memberStores, openFleet } from '../../../stores/fleet/open-fleet.ts';
import { lockAll } from '../../fleet/change-each.ts';
import { type DatabaseEntry, idleEntry } from '../../fleet/database-entry.ts';
import { type EachOptions, eachDatabase } from '../../fleet/each-database.ts';
import type { Context } from '../../frame/context.ts';
import { EXIT } from '../../frame/exit-status.ts';
import { readVersion } from '../../frame/version.ts';
import { plural } from '../../terminal/quantity.ts';
import { type JobSettings, runJobOnce } from './run-job-once.ts';

/** A job on all databases, and what becomes of its answer. */
export interface JobForAll extends JobSettings {
  readonly json: boolean;
  readonly write?: (text: string) => void;
  /** Whether databases are left out in which the schedule does not wait for the job: it ran there since it was due. */
  readonly onlyDue?: boolean;
}

/** What a job on all databases came to. */
export interface JobOnAll {
  /** The worst exit status. */
  readonly status: number;
  /** The run, as the history of one database would have it. */
  readonly record: RunRecord;
}

/**
 * Runs a job on all databases of a configuration: the one that waited longest first, without those in which it has nothing to do.
 * Reports it as `eachDatabase` does.
 */
export async function runJobForAll(context: Context, config: FleetConfig, job: JobForAll): Promise<JobOnAll> {
  const { clock } = context.io;
  await using _lock = job.dryRun ? null : lockAll(context, config, `job --mode ${job.mode}`);
  const [startedAt, began] = [new Date(clock.now()).toISOString(), clock.monotonic()];
  const fleet = await openFleet(config, clock);
  const totals = { archived: 0, moved: new Map<string, number>(), untold: [...fleet.problems] };
  const status = await eachDatabase(
    context,
    fleet,
    async ({ member, context: one, remainingMs }) => {
      const { archived, moved, ...answer } = await runJobOnce(one, {
        ...job,
        maxRuntime: remainingMs ?? undefined,
      });
      totals.archived += archived;
      totals.moved.set(member.database, moved);
      return { ...answer, message: moved === 0 ? undefined : plural(moved, 'row') };
    },
    {
      ...{ json: job.json, changes: !job.dryRun },
      ...(job.write === undefined ? {} : { write: job.write }),
      head: { mode: job.mode, timestamp: startedAt, dry_run: job.dryRun },
      budgetMs: job.maxRuntime ?? config.settings.maxRuntimeMs,
      tail: () => ({ total_archived: totals.archived }),
      ...(job.dryRun ? {} : inTurn(context, fleet, job, totals)),
    },
  );
  const durationMs = Math.round(clock.monotonic() - began);
  const record = recordOf(context, job, status, { startedAt, durationMs, totals });
  if (!job.dryRun) await tellAndKeep(context, fleet, record, totals.untold);
  return { status, record };
}

interface Totals {
  archived: number;
  /** By path. */
  readonly moved: Map<string, number>;
  /** What no run of one database could tell the failure hook. */
  readonly untold: FirnError[];
}

/** What a run that changes databases does besides: it remembers where it came to, and spares the idle ones. */
function inTurn(
  { io }: Context,
  { config, visits }: Fleet,
  { mode, scheduled, onlyDue = false }: JobForAll,
  { moved, untold }: Totals,
): Partial<EachOptions> {
  const idle = new IdleMembers(config, visits, io.clock, readVersion());
  const { quietHours, schedule } = config.settings;
  return {
    inOrder: (members) => members.toSorted(longestWaitFirst),
    spare: async (member) => {
      const isIdle = await idle.leaveOut(member, JOBS_OF[mode]);
      return isIdle || (onlyDue && !(await isWaited(member))) ? idleEntry(member) : null;
    },
    onEntry: async ({ member, state, exitCode, error }: DatabaseEntry) => {
      if (state === 'not_reached') return;
      if (state === 'failed') {
        if (error !== null) untold.push(error);
        idle.reached(member);
      } else await idle.remember(member, exitCode === EXIT.done && moved.get(member.database) === 0);
    },
    stop: () => {
      const end = scheduled ? quietUntil(quietHours, schedule.timeZone, io.clock.now()) : null;
      return end === null ? null : `quiet_hours until ${new Date(end).toISOString()}`;
    },
  };

  /** Whether the history of a database waits for one of the jobs now. */
  async function isWaited(member: Member): Promise<boolean> {
    if (member.refused !== null) return true;
    await using log = await memberStores(member, io.clock).openRunLogReader();
    const [runs, now] = [await log.runs(), io.clock.now()];
    return jobTimes(member.config)
      .filter(({ job }) => JOBS_OF[mode].includes(job))
      .map((times) => jobState(times, runs, now, false))
      .some(({ nextStart }) => nextStart !== null && nextStart <= now);
  }
}

/** Databases that no run came to are the first. */
function longestWaitFirst({ visit: a }: Member, { visit: b }: Member): number {
  const [first, second] = [a?.reached ?? '', b?.reached ?? ''];
  return first < second ? -1 : first > second ? 1 : 0;
}

function recordOf(
  { io }: Context,
  { mode, reason = 'the command line' }: JobForAll,
  status: number,
  { startedAt, durationMs, totals }: { startedAt: string; durationMs: Milliseconds; totals: Totals },
): RunRecord {
  const records = [...totals.moved.values()].reduce((sum, rows) => sum + rows, 0);
  const [first, ...others] = totals.untold.map(({ path, message }) => `${path}: ${message}`);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const end = {
    endedAt: new Date(io.clock.now()).toISOString(),
    durationMs,
    records,
    remaining: null,
    tables: [],
  };
  const outcome = outcomeOf(status, io.signal.aborted, totals.moved.size > 0);
  const message = first === undefined ? null : `${first}${more}`;
  const start = { id: 0, command: `job --mode ${mode}`, jobs: JOBS_OF[mode], reason, startedAt };
  return { ...start, end: { ...end, outcome, message } };
}

function outcomeOf(
  status: number,
  isStopped: boolean,
  didWork: boolean,
): 'done' | 'integrity' | 'stopped' | 'partly' | 'failed' {
  if (status === EXIT.done) return 'done';
  if (status === EXIT.integrity) return 'integrity';
  if (isStopped) return 'stopped';
  return didWork ? 'partly' : 'failed';
}

/** Keeps the run for the scheduler, and tells the failure hook of what no single database could. */
async function tellAndKeep(
  context: Context,
  { config, visits }: Fleet,
  record: RunRecord,
  untold: readonly FirnError[],
): Promise<void> {
  visits.noteRun(record);
  visits.save();
  await visits.tidy();
  if (untold.length === 0) return;
  const { file, archives, settings } = config;
  const where = {
    database: fileLocation(file),
    archives,
    hooks: settings.hooks,
  };
  const problem = await alarmFailure(where, record);
  if (problem !== null) context.warn(problem);
}
